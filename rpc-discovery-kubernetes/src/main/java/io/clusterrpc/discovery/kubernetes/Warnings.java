/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once what is wrong, and again only after it was right in between. Owned by the event loop. */
final class Warnings {

    private static final Logger logger = LoggerFactory.getLogger(EndpointReader.class);

    private final String about;
    private Set<String> before = Set.of();
    private Set<String> now = new HashSet<>();

    Warnings(String about) {
        this.about = about;
    }

    /** To be called before each reading. */
    void begin() {
        before = now;
        now = new HashSet<>();
    }

    void add(String warning) {
        if (now.add(warning) && !before.contains(warning)) {
            logger.warn("{}: {}", about, warning);
        }
    }
}
