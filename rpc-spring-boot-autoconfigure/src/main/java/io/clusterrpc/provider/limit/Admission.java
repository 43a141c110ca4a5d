/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

/** Whether a call is let in. */
enum Admission {
    /** Not decided yet. */
    OPEN,
    /** It is. */
    GRANTED,
    /** It is not: as many calls are in flight as its kind may have. */
    LIMIT,
    /** It is not: calls before it wait for a thread in vain. */
    NO_THREAD
}
