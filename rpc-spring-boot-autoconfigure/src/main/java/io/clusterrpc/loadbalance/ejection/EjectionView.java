/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance.ejection;

import java.time.Instant;

/**
 * An ejection as it stood at one moment. Immutable.
 *
 * @param reason why
 * @param detail the figures behind the reason, or why the instance is still out after its time is over
 * @param since when it began
 * @param until when the instance is asked by a health call whether it may come back
 * @param times how often in a row it was ejected, this time included
 */
public record EjectionView(EjectionReason reason, String detail, Instant since, Instant until, int times) {}
