/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * How the parts become beans: the only wiring, and the only place that reads properties.
 *
 * <p>Every application that starts pays for it. So a bean method's parameter has the name of the bean that it wants, where that is known:
 * Spring then takes it from there, and need not look through all beans. What may be missing is asked for late rather than by a
 * condition on beans, and few classes have bean methods, since Spring reads and judges each.
 */
@NullMarked
package io.clusterrpc.autoconfigure;

import org.jspecify.annotations.NullMarked;
