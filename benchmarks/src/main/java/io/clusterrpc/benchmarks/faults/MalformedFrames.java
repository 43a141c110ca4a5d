/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Frames that break HTTP/2 or gRPC. */
final class MalformedFrames extends Abuse {

    private static final String PATH = "/demo.Greeter/SayHello";

    @Override
    public String name() {
        return "malformed-frames";
    }

    @Override
    public String expected() {
        return "frames that break HTTP/2 or gRPC: only the offender's connection or call ends, 0 failed of the others, heap flat";
    }

    @Override
    void abuse(Lab lab, int port) throws Exception {
        byte[] garbage = new byte[100_000];
        new Random(1).nextBytes(garbage);
        Map<String, byte[]> connections = new LinkedHashMap<>();
        connections.put("garbage instead of a preface", garbage);
        connections.put("HTTP/1.1", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        for (Map.Entry<String, byte[]> bad : connections.entrySet()) {
            attempt(lab, port, bad.getKey(), false, bad.getValue());
        }
        Map<String, byte[]> frames = new LinkedHashMap<>();
        frames.put("frame of 16 MB", RawClient.frame(0xffffff, RawClient.DATA, 0, 1, garbage));
        frames.put("headers on stream 0", RawClient.headers(0, PATH));
        frames.put("data on an idle stream", RawClient.frame(RawClient.DATA, 0, 7, new byte[10]));
        frames.put("continuation of nothing", RawClient.frame(RawClient.CONTINUATION, 0, 1, new byte[10]));
        frames.put("settings of 5 bytes", RawClient.frame(RawClient.SETTINGS, 0, 0, new byte[5]));
        frames.put(
                "broken header block",
                RawClient.frame(RawClient.HEADERS, 0x4, 1, new byte[] {-1, -1, -1, -1, -1, -1, 127}));
        for (Map.Entry<String, byte[]> bad : frames.entrySet()) {
            attempt(lab, port, bad.getKey(), true, bad.getValue());
        }
        Map<String, byte[]> messages = new LinkedHashMap<>();
        messages.put("message of 2 GB", new byte[] {0, 127, -1, -1, -1});
        messages.put("compressed by nothing known", new byte[] {1, 0, 0, 0, 1, 9});
        messages.put("no protobuf", new byte[] {0, 0, 0, 0, 2, -1, -1});
        for (Map.Entry<String, byte[]> bad : messages.entrySet()) {
            ended(lab, port, bad.getKey(), bad.getValue());
        }
    }

    private static void attempt(Lab lab, int port, String what, boolean hello, byte[] bytes) throws IOException {
        try (RawClient client = new RawClient(port)) {
            boolean ended;
            try {
                if (hello) {
                    client.hello();
                }
                client.write(bytes);
                ended = client.endedWithin(5_000);
            } catch (IOException e) {
                ended = true; // while we were writing
            }
            lab.event("abused", ended ? "ended: " + what : "connection not ended: " + what);
        }
    }

    /** Here the call shall end, not necessarily the connection: its trailers or a reset arrive. */
    private static void ended(Lab lab, int port, String what, byte[] message) throws IOException {
        try (RawClient client = new RawClient(port)) {
            client.hello();
            client.write(RawClient.headers(1, PATH));
            client.write(RawClient.frame(RawClient.DATA, 0x1, 1, message));
            lab.event("abused", client.streamEndsWithin(1, 5_000) ? "ended: " + what : "call not ended: " + what);
        }
    }
}
