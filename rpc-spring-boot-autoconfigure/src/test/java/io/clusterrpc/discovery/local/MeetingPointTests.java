/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MeetingPointTests {

    @Test
    void relativePathIsMadeAbsoluteOnce() {
        MeetingPoint place = MeetingPoint.of(Path.of("target/../rpc"), "n");
        assertThat(place.base()).isEqualTo(Path.of(System.getProperty("user.dir"), "rpc"));
        assertThat(place.socket("1_a")).isEqualTo(Path.of(System.getProperty("user.dir"), "rpc", "n", "1_a.s"));
    }
}
