/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.InstanceResult;
import io.clusterrpc.ServiceInstance;
import io.clusterrpc.testproto.HelloReply;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example of the documentation is this one. */
class DocumentedClusterTests {

    @Test
    void isWhatTheDocumentationShows() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/clusterrpc/reference/GreetEverybody.java"));
        String page = Files.readString(Path.of("../docs/resilience.md"));
        String classes = source.substring(source.indexOf("    @Component"), source.lastIndexOf('}'))
                .replace("    static class", "    class")
                .indent(-4)
                .trim();
        assertThat(page).contains(classes);
    }

    @Test
    void itsMergerLeavesOutThoseThatFailed() {
        ServiceInstance one =
                ServiceInstance.builder("greeter", "one", "10.0.0.1", 1).build();
        assertThat(new GreetEverybody.AllGreetings()
                        .merge(List.of(
                                new InstanceResult<>(
                                        one,
                                        HelloReply.newBuilder()
                                                .setMessage("hello")
                                                .build(),
                                        Status.OK),
                                new InstanceResult<>(one, null, Status.UNAVAILABLE)))
                        .getMessage())
                .isEqualTo("hello");
    }
}
