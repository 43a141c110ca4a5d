/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What the life of a provider needs of the world around it.
 *
 * @param clock wall-clock time
 * @param nanoTime monotonic time
 * @param pause lets time pass
 * @param random makes the ids of instances unique
 */
public record Surroundings(InstantSource clock, LongSupplier nanoTime, Pause pause, RandomGenerator random) {

    /** Lets time pass. */
    @FunctionalInterface
    public interface Pause {

        /**
         * Returns after a duration.
         *
         * @param duration how long
         * @throws InterruptedException if it shall not wait any longer
         */
        void sleep(Duration duration) throws InterruptedException;
    }

    /**
     * Real time and unpredictable ids.
     *
     * @return surroundings of an application
     */
    public static Surroundings ofThisProcess() {
        return new Surroundings(
                InstantSource.system(),
                System::nanoTime,
                duration -> TimeUnit.NANOSECONDS.sleep(duration.toNanos()),
                new SecureRandom());
    }

    /** 80 random bits as 16 letters and digits. */
    String newSuffix() {
        byte[] bits = new byte[10];
        random.nextBytes(bits);
        return String.format("%16s", new BigInteger(1, bits).toString(32)).replace(' ', '0');
    }
}
