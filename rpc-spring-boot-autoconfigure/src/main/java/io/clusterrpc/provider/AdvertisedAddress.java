/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

/**
 * The address under which consumers are told to reach a server.
 *
 * @param host host name or IP address
 * @param port TCP port
 * @param why why this one, for people
 * @param doubtful whether consumers on other machines probably cannot reach it
 */
record AdvertisedAddress(String host, int port, String why, boolean doubtful) {}
