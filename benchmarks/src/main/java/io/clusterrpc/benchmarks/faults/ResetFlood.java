/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Calls that are opened and reset at once, as fast as possible (CVE-2023-44487, "rapid reset"). */
final class ResetFlood extends Abuse {

    private static final int SECONDS = 5;
    private static final int STREAMS_AT_ONCE = 100;

    @Override
    public String name() {
        return "reset-flood";
    }

    @Override
    public String expected() {
        return "calls opened and reset as fast as possible: only that connection ends, 0 failed of the others, heap flat";
    }

    @Override
    void abuse(Lab lab, int port) throws Exception {
        long end = System.nanoTime() + SECONDS * 1_000_000_000L;
        int streams = 0;
        try (RawClient client = new RawClient(port)) {
            boolean ended = false;
            try {
                client.hello();
                while (System.nanoTime() < end) {
                    ByteArrayOutputStream burst = new ByteArrayOutputStream();
                    for (int i = 0; i < STREAMS_AT_ONCE; i++) {
                        int stream = 2 * streams++ + 1;
                        burst.writeBytes(RawClient.headers(stream, "/demo.Greeter/PlaceOrder"));
                        burst.writeBytes(RawClient.reset(stream));
                    }
                    client.write(burst.toByteArray());
                    client.drain();
                }
            } catch (IOException e) {
                ended = true;
            }
            lab.event(
                    "abused",
                    (ended || client.endedWithin(2_000) ? "ended after " : "not ended after ") + streams + " resets");
        }
    }
}
