/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.clusterrpc.HashKey;
import io.clusterrpc.resilience.CallRuntime;
import io.clusterrpc.testproto.PlaceReply;
import io.clusterrpc.testproto.PlaceRequest;
import io.clusterrpc.testproto.ShopGrpc;
import io.clusterrpc.testproto.StatusRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.mockito.Mockito;

class HashKeyStageTests {

    private static final PlaceRequest OF_SEVEN =
            PlaceRequest.newBuilder().setCustomerId("c-7").build();

    private final ScheduledExecutorService scheduler = Mockito.mock(ScheduledExecutorService.class);
    private final ScheduledFuture<?> timer = Mockito.mock(ScheduledFuture.class);
    private final HashKeyStage stage =
            new HashKeyStage("shop", "customer_id", new CallRuntime(scheduler, Runnable::run));
    private final List<String> said = new ArrayList<>();
    private final Heard heard = new Heard();
    private Runnable whileOpening = () -> {};
    private @Nullable HashKey key;

    {
        Mockito.doReturn(timer).when(scheduler).schedule(Mockito.any(Runnable.class), Mockito.anyLong(), Mockito.any());
    }

    /** What the caller hears of the end. */
    private static final class Heard extends ClientCall.Listener<PlaceReply> {

        private final List<Status> ends = new ArrayList<>();
        private @Nullable Context context;

        @Override
        public void onClose(Status status, Metadata trailers) {
            ends.add(status);
            context = Context.current();
        }
    }

    /** Notes what is said to the calls that are made. */
    private final class NotingChannel extends Channel {

        @Override
        public <Q, P> ClientCall<Q, P> newCall(MethodDescriptor<Q, P> method, CallOptions options) {
            said.add("call " + method.getBareMethodName());
            key = options.getOption(HashKey.KEY);
            whileOpening.run();
            return new ClientCall<>() {
                @Override
                public void start(Listener<P> listener, Metadata headers) {
                    said.add("start");
                }

                @Override
                public void request(int messages) {
                    said.add("request " + messages);
                }

                @Override
                public void cancel(@Nullable String message, @Nullable Throwable cause) {
                    said.add("cancel " + message);
                }

                @Override
                public void halfClose() {
                    said.add("half-close");
                }

                @Override
                public void sendMessage(Q message) {
                    said.add("message");
                }

                @Override
                public void setMessageCompression(boolean enabled) {
                    said.add("compression " + enabled);
                }
            };
        }

        @Override
        public String authority() {
            return "shop";
        }
    }

    private ClientCall<PlaceRequest, PlaceReply> call(CallOptions options) {
        return stage.interceptCall(ShopGrpc.getPlaceMethod(), options, new NotingChannel());
    }

    private ClientCall<PlaceRequest, PlaceReply> started() {
        ClientCall<PlaceRequest, PlaceReply> call = call(CallOptions.DEFAULT);
        call.start(heard, new Metadata());
        return call;
    }

    @Test
    void theCallBeginsWithItsMessageAndItsKey() {
        ClientCall<PlaceRequest, PlaceReply> call = started();
        call.request(2);
        call.setMessageCompression(true);
        call.request(1);
        assertThat(said).isEmpty();
        assertThat(call.isReady()).isTrue();

        call.sendMessage(OF_SEVEN);
        call.halfClose();
        call.request(4);

        assertThat(said)
                .containsExactly(
                        "call Place", "start", "compression true", "request 3", "message", "half-close", "request 4");
        assertThat(key).isEqualTo(HashKey.of("c-7"));
    }

    @Test
    void serverStreamingMethodsHaveKeysToo() {
        ClientCall<PlaceRequest, PlaceReply> call =
                stage.interceptCall(ShopGrpc.getWatchMethod(), CallOptions.DEFAULT, new NotingChannel());
        call.start(heard, new Metadata());
        call.sendMessage(OF_SEVEN);
        assertThat(key).isEqualTo(HashKey.of("c-7"));
    }

    @Test
    void aRequestWithoutTheFieldSetGoesAnywhere() {
        started().sendMessage(PlaceRequest.getDefaultInstance());
        assertThat(said).containsExactly("call Place", "start", "message");
        assertThat(key).isNull();
    }

    @Test
    void halfClosingWithoutAMessageMakesACallWithoutAKey() {
        started().halfClose();
        assertThat(said).containsExactly("call Place", "start", "half-close");
        assertThat(key).isNull();
    }

    @Test
    void aKeyOfTheCallersOwnWinsAndNothingWaits() {
        HashKey own = HashKey.of("own");
        call(CallOptions.DEFAULT.withOption(HashKey.KEY, own)).start(heard, new Metadata());
        assertThat(said).containsExactly("call Place", "start");
        assertThat(key).isEqualTo(own);
    }

    @Test
    void whatHasNoKeyDoesNotWaitForOne() {
        stage.interceptCall(ShopGrpc.getImportMethod(), CallOptions.DEFAULT, new NotingChannel())
                .start(heard, new Metadata());
        ClientCall<StatusRequest, PlaceReply> status =
                stage.interceptCall(ShopGrpc.getStatusMethod(), CallOptions.DEFAULT, new NotingChannel());
        status.start(heard, new Metadata());
        assertThat(said).containsExactly("call Import", "start", "call Status", "start");
        assertThat(key).isNull();
    }

    @Test
    void cancelledBeforeItsMessageItEndsWithoutACall() {
        ClientCall<PlaceRequest, PlaceReply> call = started();
        call.cancel("changed my mind", null);
        call.cancel("again", null);
        call.sendMessage(OF_SEVEN);
        call.halfClose();
        assertThat(said).isEmpty();
        assertThat(call.isReady()).isFalse();
        assertThat(heard.ends).singleElement().satisfies(end -> {
            assertThat(end.getCode()).isEqualTo(Code.CANCELLED);
            assertThat(end.getDescription()).isEqualTo("changed my mind");
        });
    }

    @Test
    void cancelledBeforeItsStartItEndsAtTheStart() {
        ClientCall<PlaceRequest, PlaceReply> call = call(CallOptions.DEFAULT);
        call.cancel(null, new IllegalStateException("no"));
        assertThat(heard.ends).isEmpty();
        call.start(heard, new Metadata());
        assertThat(heard.ends)
                .singleElement()
                .satisfies(end -> assertThat(end.getCause()).hasMessage("no"));
        assertThat(said).isEmpty();
    }

    @Test
    void cancelledAfterItsMessageItIsCancelledFurtherIn() {
        ClientCall<PlaceRequest, PlaceReply> call = started();
        call.sendMessage(OF_SEVEN);
        call.cancel("enough", null);
        assertThat(said).endsWith("cancel enough");
        assertThat(heard.ends).isEmpty();
    }

    @Test
    void cancelledWhileTheCallIsMadeItIsCancelledThen() {
        ClientCall<PlaceRequest, PlaceReply> call = started();
        whileOpening = () -> {
            call.cancel("just now", null);
            call.request(1);
        };
        call.sendMessage(OF_SEVEN);
        assertThat(said).containsExactly("call Place", "start", "request 1", "cancel just now", "message");
    }

    @Test
    void itsDeadlineEndsTheWait() {
        ClientCall<PlaceRequest, PlaceReply> call = call(CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS));
        call.start(heard, new Metadata());
        ArgumentCaptor<Runnable> task = ArgumentCaptor.forClass(Runnable.class);
        ArgumentCaptor<Long> delay = ArgumentCaptor.forClass(Long.class);
        Mockito.verify(scheduler).schedule(task.capture(), delay.capture(), Mockito.eq(TimeUnit.NANOSECONDS));
        assertThat(delay.getValue()).isBetween(4_000_000_000L, 5_000_000_000L);

        task.getValue().run();

        assertThat(heard.ends).singleElement().extracting(Status::getCode).isEqualTo(Code.DEADLINE_EXCEEDED);
        call.sendMessage(OF_SEVEN);
        assertThat(said).isEmpty();
    }

    @Test
    void theMessageEndsTheWaitForTheDeadline() {
        ClientCall<PlaceRequest, PlaceReply> call = call(CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS));
        call.start(heard, new Metadata());
        call.sendMessage(OF_SEVEN);
        Mockito.verify(timer).cancel(false);
        ArgumentCaptor<Runnable> task = ArgumentCaptor.forClass(Runnable.class);
        Mockito.verify(scheduler).schedule(task.capture(), Mockito.anyLong(), Mockito.any());
        task.getValue().run();
        assertThat(heard.ends).isEmpty();
    }

    @Test
    void aSchedulerThatIsShutDownDoesNoHarm() {
        Mockito.doThrow(new RejectedExecutionException())
                .when(scheduler)
                .schedule(Mockito.any(Runnable.class), Mockito.anyLong(), Mockito.any());
        ClientCall<PlaceRequest, PlaceReply> call = call(CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS));
        call.start(heard, new Metadata());
        call.sendMessage(OF_SEVEN);
        assertThat(key).isEqualTo(HashKey.of("c-7"));
    }

    @Test
    void theEndOfTheContextEndsTheWait() {
        Context.CancellableContext context = Context.current().withCancellation();
        ClientCall<PlaceRequest, PlaceReply> call;
        Context ofTheCall;
        Context previous = context.attach();
        try {
            ofTheCall = Context.current();
            call = started();
        } finally {
            context.detach(previous);
        }
        context.cancel(null);
        assertThat(heard.ends).singleElement().extracting(Status::getCode).isEqualTo(Code.CANCELLED);
        assertThat(heard.context).isSameAs(ofTheCall);
        call.halfClose();
        assertThat(said).isEmpty();
    }

    @Test
    void aCallThatCannotBeMadeEndsWithTheReason() {
        whileOpening = () -> {
            throw new IllegalStateException("broken interceptor");
        };
        ClientCall<PlaceRequest, PlaceReply> call = started();
        call.sendMessage(OF_SEVEN);
        call.halfClose();
        call.cancel("too late", null);
        assertThat(heard.ends)
                .singleElement()
                .satisfies(end -> assertThat(end.getCause()).hasMessage("broken interceptor"));
    }

    @Test
    void nothingIsSaidBeforeTheStartAndNoStartTwice() {
        ClientCall<PlaceRequest, PlaceReply> call = call(CallOptions.DEFAULT);
        assertThatIllegalStateException().isThrownBy(() -> call.request(1));
        assertThatIllegalStateException().isThrownBy(() -> call.sendMessage(OF_SEVEN));
        assertThatIllegalStateException().isThrownBy(call::halfClose);
        call.start(heard, new Metadata());
        assertThatIllegalStateException().isThrownBy(() -> call.start(heard, new Metadata()));
    }
}
