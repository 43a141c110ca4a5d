/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages that are asked for before there is a handler, and who hears them when. */
class EarlyRequestsTests {

    private static final HelloRequest MESSAGE = HelloRequest.getDefaultInstance();

    private final Queue<Runnable> pool = new ArrayDeque<>();
    private final EarlyRequests early = new EarlyRequests(pool::add);
    private final LoadShedder shedder =
            new LoadShedder(ConcurrencyLimit.adaptive(new LimitSettings(100, 2, 100, Duration.ZERO)));
    private final List<String> heard = new ArrayList<>();
    private final FakeCall call = new FakeCall(GreeterGrpc.getSayHelloMethod());

    /** The call as the handler sees it. */
    private @Nullable ServerCall<HelloRequest, ?> seen;

    private final ServerCall.Listener<HelloRequest> handler = new ServerCall.Listener<>() {
        @Override
        public void onMessage(HelloRequest message) {
            heard.add("message");
        }

        @Override
        public void onHalfClose() {
            heard.add("half-close");
        }

        @Override
        public void onCancel() {
            heard.add("cancel");
        }

        @Override
        public void onComplete() {
            heard.add("complete");
        }

        @Override
        public void onReady() {
            heard.add("ready");
        }
    };

    private Context arrived() {
        return shedder.arrivals()
                .newServerStreamTracer(call.method.getFullMethodName(), new Metadata())
                .filterContext(Context.ROOT);
    }

    private ServerCall.Listener<HelloRequest> start(ServerCallHandler<HelloRequest, ?> next) throws Exception {
        return arrived().call(() -> {
            EarlyRequests.ask(call);
            return intercept(next);
        });
    }

    @SuppressWarnings("unchecked") // nobody looks at responses
    private ServerCall.Listener<HelloRequest> intercept(ServerCallHandler<HelloRequest, ?> next) {
        return early.interceptCall(
                (ServerCall<HelloRequest, Object>) (ServerCall<HelloRequest, ?>) call,
                new Metadata(),
                (ServerCallHandler<HelloRequest, Object>) next);
    }

    private ServerCallHandler<HelloRequest, Object> asking(int messages) {
        return (started, headers) -> {
            seen = started;
            if (messages > 0) {
                started.request(messages);
            }
            return handler;
        };
    }

    private void runPool() {
        for (Runnable task = pool.poll(); task != null; task = pool.poll()) {
            task.run();
        }
    }

    @Test
    void asksOnceForWhatTheHandlerAsks() throws Exception {
        assertThat(start(asking(2))).isSameAs(handler);
        assertThat(call.requests).containsExactly(2);
        seen.request(3);
        assertThat(call.requests).containsExactly(2, 3);
    }

    @Test
    void asksForWhatIsMissing() throws Exception {
        start(asking(5));
        assertThat(call.requests).containsExactly(2, 3);
    }

    @Test
    void leavesCallsAloneThatItDidNotAskFor() throws Exception {
        assertThat(arrived().call(() -> intercept(asking(2)))).isSameAs(handler);
        assertThat(call.requests).containsExactly(2);
        assertThat(seen).isSameAs(call);
    }

    @Test
    void asksForNoStreamsAndNothingThatHasNotArrived() throws Exception {
        FakeCall stream = new FakeCall(GreeterGrpc.getSayHelloMethod().toBuilder()
                .setType(MethodDescriptor.MethodType.CLIENT_STREAMING)
                .build());
        arrived().run(() -> EarlyRequests.ask(stream));
        EarlyRequests.ask(call);
        assertThat(stream.requests).isEmpty();
        assertThat(call.requests).isEmpty();
    }

    @Test
    void whoAsksLaterHearsTheMessageThenOnAHandlersThread() throws Exception {
        ServerCall.Listener<HelloRequest> late = start(asking(0));
        late.onReady();
        late.onMessage(MESSAGE);
        late.onHalfClose();
        runPool();
        assertThat(heard).containsExactly("ready");
        seen.request(2);
        assertThat(heard).containsExactly("ready");
        runPool();
        late.onComplete();
        runPool();
        assertThat(heard).containsExactly("ready", "message", "half-close", "complete");
        assertThat(call.requests).containsExactly(2);
    }

    @Test
    void whoAskedBeforeTheMessageCameHearsItAsWell() throws Exception {
        ServerCall.Listener<HelloRequest> late = start(asking(0));
        seen.request(2);
        late.onMessage(MESSAGE);
        late.onHalfClose();
        runPool();
        assertThat(heard).containsExactly("message", "half-close");
    }

    @Test
    void whoNeverAsksHearsTheEndOnly() throws Exception {
        ServerCall.Listener<HelloRequest> late = start(asking(0));
        late.onMessage(MESSAGE);
        late.onCancel();
        seen.request(2);
        runPool();
        assertThat(heard).containsExactly("cancel");
    }

    @Test
    void aListenerThatThrowsLateEndsItsCallAsEver() throws Exception {
        ServerCall.Listener<HelloRequest> late = start((started, headers) -> {
            seen = started;
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(HelloRequest message) {
                    throw new IllegalStateException("no");
                }
            };
        });
        late.onMessage(MESSAGE);
        seen.request(1);
        runPool();
        assertThat(call.closed).isNotNull();
        assertThat(call.closed.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(call.closed.getCause()).hasMessage("no");
    }

    @Test
    void negativeRequestsAreGrpcsToRefuse() throws Exception {
        start(asking(2));
        assertThatThrownBy(() -> seen.request(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static final class FakeCall extends ServerCall<HelloRequest, Object> {

        final MethodDescriptor<?, ?> method;
        final List<Integer> requests = new ArrayList<>();

        @Nullable
        Status closed;

        FakeCall(MethodDescriptor<?, ?> method) {
            this.method = method;
        }

        @Override
        public void request(int messages) {
            if (messages < 0) {
                throw new IllegalArgumentException("messages: " + messages);
            }
            requests.add(messages);
        }

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(Object message) {}

        @Override
        public void close(Status status, Metadata trailers) {
            closed = status;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        @SuppressWarnings("unchecked") // only its name and kind matter
        public MethodDescriptor<HelloRequest, Object> getMethodDescriptor() {
            return (MethodDescriptor<HelloRequest, Object>) method;
        }
    }
}
