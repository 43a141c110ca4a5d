/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.faults;

import io.clusterrpc.benchmarks.Load;
import io.clusterrpc.benchmarks.ProviderProcess;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Some callers read a message a second of streams that have thousands to say. */
final class SlowStream implements Fault {

    private static final int STREAMS = 10;
    private static final int SECONDS = 15;

    @Override
    public String name() {
        return "slow-stream";
    }

    @Override
    public String expected() {
        return "10 streams of 64 KiB messages, read one a second, over the connections of all other calls: 0 failed, p99 of"
                + " the others at most 100 ms, heap of the provider flat";
    }

    @Override
    public void inject(Lab lab) throws Exception {
        ProviderProcess provider = lab.providers(1).get(0);
        lab.consume();
        List<Reader> readers = new ArrayList<>();
        try (Load load = lab.load(Load.Kinds.SAFE_AND_UNSAFE, 200, Long.MAX_VALUE)) {
            Lab.pause(1_000);
            lab.event("heap", provider.said("count", "heap (\\d+)"));
            for (int i = 0; i < STREAMS; i++) {
                Reader reader = new Reader();
                readers.add(reader);
                lab.greeter()
                        .listGreetings(
                                HelloRequest.newBuilder().setName("flood").build(), reader);
            }
            lab.event("opened", STREAMS);
            for (int i = 0; i < SECONDS; i++) {
                Lab.pause(1_000);
                readers.forEach(Reader::next);
            }
            lab.event("heap", provider.said("count", "heap (\\d+)"));
            lab.event("end", "");
            for (Reader reader : readers) {
                lab.event("read", reader.read.get());
            }
            readers.forEach(Reader::stop);
        }
    }

    private static final class Reader implements ClientResponseObserver<HelloRequest, HelloReply> {

        private final AtomicInteger read = new AtomicInteger();
        private @Nullable ClientCallStreamObserver<HelloRequest> call;

        @Override
        public void beforeStart(ClientCallStreamObserver<HelloRequest> request) {
            call = request;
            request.disableAutoRequestWithInitial(1);
        }

        void next() {
            started().request(1);
        }

        void stop() {
            started().cancel("enough", null);
        }

        private ClientCallStreamObserver<HelloRequest> started() {
            return Objects.requireNonNull(call, "the stream was not started");
        }

        @Override
        public void onNext(HelloReply reply) {
            read.incrementAndGet();
        }

        @Override
        public void onError(Throwable failure) {
            // by us, in the end; an earlier one shows in how much was read
        }

        @Override
        public void onCompleted() {
            // as above
        }
    }

    @Override
    public Finding judge(Recording recording) {
        var calls = recording.calls(recording.at("opened"), recording.at("end"));
        long failed = Recording.failed(calls);
        double p99 = Recording.quantile(calls, 0.99);
        var heap = recording.events("heap");
        double grown = (heap.get(1).number("detail") - heap.get(0).number("detail")) / 1e6;
        long least = recording.events("read").stream()
                .mapToLong(event -> event.number("detail"))
                .min()
                .orElse(0);
        return new Finding(
                failed == 0 && p99 <= 100 && grown < 8 && least >= SECONDS - 2,
                Recording.text(
                        "%d failed of %,d, p99 %.0f ms; heap %+.1f MB; each stream read at least %d messages",
                        failed, calls.size(), p99, grown, least));
    }
}
