/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc;

import io.grpc.CallOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call, as the failover and the balancer see it. The failover puts it into the {@link CallOptions} of the
 * attempt and closes it when the attempt ended; the balancer avoids the instances already tried and hangs every stream that it
 * opens onto the attempt.
 *
 * <p>gRPC may create a stream for an attempt and never close it (a retry that was picked and then abandoned), so what a stream
 * holds (the in-flight count of its instance) is released at the latest by {@link #close()}.
 *
 * <p>Thread-safe: picks and stream events come from transport threads.
 */
public final class Attempt {

    /** Where the attempt's {@link CallOptions} carry it; absent for calls made outside a reference. */
    public static final CallOptions.Key<Attempt> KEY = CallOptions.Key.create("io.clusterrpc.attempt");

    /** What a stream of the attempt holds. */
    @FunctionalInterface
    public interface OpenStream {

        /** Releases what the stream holds, if that did not happen yet. Idempotent, thread-safe, never throws. */
        void release();

        /**
         * Whether the headers of the request went to the socket.
         *
         * @return {@code false} only where that is known
         */
        default boolean sent() {
            return true;
        }

        /**
         * Whether anything came back: headers, a message, trailers.
         *
         * @return {@code false} only where that is known
         */
        default boolean heard() {
            return true;
        }
    }

    /** Hears how far an answer has come. Called on transport threads: must neither block nor throw. */
    public interface AnswerWatch {

        /** The first of it came: headers, or trailers without any. */
        void begun();

        /** Nothing more will come, or something that no answer of a single message has. Possibly without {@link #begun()}, or again. */
        void complete();
    }

    private final int number;
    private final Set<String> tried;
    private final long patienceNanos;
    private final @Nullable AnswerWatch watch;
    private volatile boolean balanced;
    private volatile boolean givenUp;
    private @Nullable ServiceInstance instance;
    private @Nullable OpenStream stream;
    private @Nullable List<OpenStream> furtherStreams;
    private boolean closed;

    /**
     * Creates an attempt.
     *
     * @param number 1 for the first attempt of the call
     * @param tried ids of the instances that earlier attempts of the call went to; not copied, must not change any more
     */
    public Attempt(int number, Set<String> tried) {
        this(number, tried, 0);
    }

    /**
     * Creates an attempt.
     *
     * @param number 1 for the first attempt of the call
     * @param tried ids of the instances that earlier attempts of the call went to; not copied, must not change any more
     * @param patienceNanos see {@link #patienceNanos()}
     */
    public Attempt(int number, Set<String> tried, long patienceNanos) {
        this(number, tried, patienceNanos, null);
    }

    /**
     * Creates an attempt whose answer is watched, as far as a stream of it is seen.
     *
     * @param number 1 for the first attempt of the call
     * @param tried ids of the instances that earlier attempts of the call went to; not copied, must not change any more
     * @param patienceNanos see {@link #patienceNanos()}
     * @param watch hears how far the answer has come
     */
    public Attempt(int number, Set<String> tried, long patienceNanos, @Nullable AnswerWatch watch) {
        this.number = number;
        this.tried = tried;
        this.patienceNanos = patienceNanos;
        this.watch = watch;
    }

    /**
     * The position of this attempt in its call.
     *
     * @return 1 for the first
     */
    public int number() {
        return number;
    }

    /**
     * The ids of the instances that earlier attempts of the call went to.
     *
     * @return an unmodifiable set, often empty
     */
    public Set<String> tried() {
        return tried;
    }

    /**
     * The time that the configuration gives an instance for an answer. A caller may have given it less; then a passed deadline
     * says nothing about the instance.
     *
     * @return nanoseconds, 0 if no passed deadline says anything
     */
    public long patienceNanos() {
        return patienceNanos;
    }

    /** Called by the balancer at each pick for this attempt, successful or not: from then on it knows every stream of the attempt. */
    public void balanced() {
        balanced = true;
    }

    /**
     * Called by the balancer when a transport creates a stream for this attempt.
     *
     * @param instance where the stream goes
     * @param opened what to release when the attempt ends; released at once if it already has
     */
    public void streamCreated(ServiceInstance instance, OpenStream opened) {
        synchronized (this) {
            this.instance = instance;
            if (stream == null) {
                stream = opened;
            } else {
                if (furtherStreams == null) {
                    furtherStreams = new ArrayList<>(2);
                }
                furtherStreams.add(opened);
            }
            if (!closed) {
                return;
            }
        }
        opened.release();
    }

    /** Called by the balancer, before gRPC tells the caller, when the first of an answer comes on a stream of the attempt. */
    public void answerBegun() {
        if (watch != null) {
            watch.begun();
        }
    }

    /**
     * Called by the balancer, before gRPC tells the caller, when a stream of the attempt ends, or has more messages than the answer
     * of a unary call.
     */
    public void answerComplete() {
        if (watch != null) {
            watch.complete();
        }
    }

    /**
     * The instance of the newest stream.
     *
     * @return {@code null} if no stream is known
     */
    public synchronized @Nullable ServiceInstance instance() {
        return instance;
    }

    /**
     * Whether the request surely reached no handler because no stream was created for it. Never true on a channel without our
     * balancer (an explicit target, an in-process test transport), where streams go unseen.
     *
     * @return {@code true} if the request may be sent again whatever its method does
     */
    public boolean unsent() {
        return balanced && instance() == null;
    }

    /**
     * Whether the attempt had a single stream, and nothing ever came back on it, so that whatever is said about its end is not the
     * server's word.
     *
     * @return {@code false} also where that is not known
     */
    public boolean unheard() {
        OpenStream only = onlyStream();
        return only != null && !only.heard();
    }

    /**
     * Whether the attempt had a single stream, whose headers were not given to the socket so far. They still may be while the
     * connection lives.
     *
     * @return {@code false} also where that is not known
     */
    public boolean unwritten() {
        OpenStream only = onlyStream();
        return only != null && !only.sent();
    }

    private synchronized @Nullable OpenStream onlyStream() {
        return furtherStreams == null ? stream : null;
    }

    /**
     * Called by the failover before it cancels a stream on which nothing came in time: that is a failure of the instance, while
     * any other cancellation is the caller's wish. Not needed where a deadline does it.
     */
    public void giveUp() {
        givenUp = true;
    }

    /**
     * Whether the instance was silent for too long.
     *
     * @return {@code true} after {@link #giveUp()}
     */
    public boolean givenUp() {
        return givenUp;
    }

    /** Ends the attempt and releases every stream that is still open. Idempotent. */
    public void close() {
        OpenStream first;
        List<OpenStream> further;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            first = stream;
            further = furtherStreams == null ? null : List.copyOf(furtherStreams);
        }
        if (first != null) {
            first.release();
        }
        if (further != null) {
            further.forEach(OpenStream::release);
        }
    }
}
