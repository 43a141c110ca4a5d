/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

/** Something that goes wrong, and what may be noticed of it at most. */
interface Fault {

    /** The name for the command line. */
    String name();

    /** What is promised, as a text. */
    String expected();

    /**
     * Lets it happen under load. Writes samples, judges nothing.
     *
     * @throws NotHere if this machine does not allow it
     */
    void inject(Lab lab) throws Exception;

    /** Computes from the samples, and from nothing else, whether the promise was kept. */
    Finding judge(Recording recording);

    /** The fault cannot be injected on this machine; the message says why. */
    final class NotHere extends Exception {

        private static final long serialVersionUID = 1L;

        NotHere(String reason) {
            super(reason);
        }
    }
}
