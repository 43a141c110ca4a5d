/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.discovery;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/** Neither calls nor serves: it has a directory, and what properties add. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class QuietApplication {}
