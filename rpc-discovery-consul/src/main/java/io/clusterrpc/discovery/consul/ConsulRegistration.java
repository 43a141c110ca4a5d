/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend.Registration;
import io.clusterrpc.discovery.backend.Backoff;
import io.clusterrpc.discovery.backend.OwnerThread;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance at the agents: written, kept, and taken away.
 *
 * <ul>
 *   <li>Written with one request at a time, always the newest record: changes that come meanwhile are taken together.
 *   <li>Written once more a while after a request that was given up without an answer: an overloaded agent may obey that one last.
 *   <li>Kept by looking: the agent is asked to say when its record changes, so an agent that restarted or lost the instance is noticed
 *       within a round trip of its return. With a TTL the signs of life tell the same.
 *   <li>Taken away in two steps. Maintenance mode first, which consumers can tell from a registration that merely vanished, then, when
 *       they had time to see it, the removal.
 * </ul>
 *
 * <p>Public methods are for any thread; everything else is the event loop's.
 */
final class ConsulRegistration implements Registration {

    private static final Logger logger = LoggerFactory.getLogger(ConsulRegistration.class);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LOOKING = Duration.ofSeconds(10);
    private static final Duration LEAST_GAP = Duration.ofMillis(200);

    /** By then an agent has obeyed what it was asked before. */
    private static final Duration SETTLING = Duration.ofSeconds(5);

    /** Between the two steps of leaving: as a rule, and when the application is about to end. */
    private static final Duration NOTICE = Duration.ofSeconds(1);

    private static final Duration SHORT_NOTICE = Duration.ofMillis(300);
    private static final int ATTEMPTS_TO_REMOVE = 3;

    private final OwnerThread loop;
    private final AgentClient client;
    private final ConsulCheck check;
    private final String id;
    private final String consulId;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private volatile boolean registered;
    private volatile boolean closed;

    private String record;
    private boolean outdated = true;
    private boolean writing;
    private boolean doubtful;
    private boolean abandoned;
    private boolean leaving;
    private boolean soon;
    private boolean failing;
    private String hash = "";
    private final Set<URI> holders = new LinkedHashSet<>();
    private final Backoff backoff;
    private @Nullable CompletableFuture<Answer> asked;
    private @Nullable Future<?> timer;
    private @Nullable Runnable removal;
    private long noticeGivenAt;

    ConsulRegistration(OwnerThread loop, AgentClient client, ConsulCheck check, ServiceInstance instance) {
        this.loop = loop;
        this.client = client;
        this.check = check;
        this.id = instance.id();
        this.consulId = RegistrationRecord.consulId(instance);
        this.record = RegistrationRecord.write(instance, check);
        this.backoff = new Backoff(loop, LONGEST_PAUSE);
    }

    String consulId() {
        return consulId;
    }

    /** Completes when the instance is not registered any more and nothing more is done about it. */
    CompletableFuture<Void> gone() {
        return gone;
    }

    @Override
    public boolean registered() {
        return registered && !closed;
    }

    @Override
    public void update(ServiceInstance instance) {
        String changed = RegistrationRecord.write(instance, check);
        loop.execute(() -> {
            record = changed;
            outdated = true;
            goOn();
        });
    }

    @Override
    public void close() {
        closed = true;
        loop.execute(() -> {
            if (!leaving) {
                leaving = true;
                goOn();
            }
        });
    }

    boolean leaving() {
        return leaving;
    }

    /** Leaves without waiting longer than must be. */
    void closeSoon() {
        closed = true;
        soon = true;
        if (!leaving) {
            leaving = true;
            goOn();
        }
        if (removal != null) {
            Duration since = Duration.ofNanos(loop.nanoTime() - noticeGivenAt);
            Duration rest = SHORT_NOTICE.minus(since);
            stopTimer();
            schedule(rest.isNegative() ? Duration.ZERO : rest, removal);
        }
    }

    /** Ends like a process that is killed. */
    void abandon() {
        abandoned = true;
        registered = false;
        stop();
        gone.complete(null);
    }

    void start() {
        step();
    }

    /** Drops what is being waited for, unless it is the agent's word on a record under way. */
    private void goOn() {
        if (!writing && removal == null) {
            stop();
            step();
        }
    }

    private void stop() {
        CompletableFuture<Answer> running = asked;
        asked = null;
        if (running != null) {
            running.cancel(true);
        }
        stopTimer();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void schedule(Duration pause, Runnable next) {
        timer = loop.after(pause, () -> {
            timer = null;
            next.run();
        });
    }

    private void step() {
        if (abandoned || gone.isDone()) {
            return;
        }
        if (leaving) {
            giveNotice();
        } else if (outdated) {
            write();
        } else if (check.type() == ConsulCheck.Type.TTL) {
            giveSignOfLife();
        } else {
            look();
        }
    }

    private void ask(Question question, BiConsumer<? super Answer, ? super Throwable> next) {
        CompletableFuture<Answer> asking = client.ask(question);
        asked = asking;
        asking.whenComplete((answer, failure) -> {
            if (asked == asking) {
                asked = null;
                next.accept(answer, failure);
            }
        });
    }

    private void write() {
        outdated = false;
        writing = true;
        Question question = Question.put("/v1/agent/service/register").body(record);
        ask(question, (answer, failure) -> {
            writing = false;
            if (failure == null && answer.ok()) {
                holders.add(answer.agent());
                hash = "";
                held();
                settle();
                step();
            } else {
                outdated = true;
                doubtful |= failure != null;
                failed(failure != null ? failure : client.problem(answer, question));
            }
        });
    }

    private void settle() {
        if (doubtful) {
            doubtful = false;
            loop.after(SETTLING, () -> {
                if (!leaving && !abandoned) {
                    outdated = true;
                    goOn();
                }
            });
        }
    }

    private void giveSignOfLife() {
        Question question = Question.put("/v1/agent/check/pass/" + Question.encoded("service:" + consulId));
        ask(question, (answer, failure) -> {
            if (kept(question, answer, failure)) {
                schedule(loop.between(check.ttl().dividedBy(3), 0.8, 1), this::step);
            }
        });
    }

    private void look() {
        Question question = Question.get("/v1/agent/service/" + Question.encoded(consulId));
        Question next = hash.isEmpty() ? question : question.holding("hash", hash, loop.between(LOOKING, 0.8, 1));
        ask(next, (answer, failure) -> {
            if (kept(question, answer, failure)) {
                hash = answer.hash();
                schedule(hash.isEmpty() ? LONGEST_PAUSE : LEAST_GAP, this::step);
            } else {
                hash = "";
            }
        });
    }

    private boolean kept(Question question, @Nullable Answer answer, @Nullable Throwable failure) {
        if (answer != null && answer.ok()) {
            backoff.reset();
            held();
            return true;
        }
        if (answer != null && answer.knowsNot()) {
            logger.info("Consul agent {} lost {}: registering it again", answer.agent(), id);
            registered = false;
            outdated = true;
            schedule(backoff.next(), this::step);
        } else if (answer != null) {
            failed(client.problem(answer, question));
        } else {
            failed(failure);
        }
        return false;
    }

    private void held() {
        registered = true;
        if (failing) {
            failing = false;
            logger.info("{} is registered with Consul again", id);
        }
    }

    private void failed(@Nullable Throwable failure) {
        registered = false;
        if (!failing) {
            failing = true;
            logger.warn(
                    "{} is not registered with Consul at present, trying again: {}",
                    id,
                    failure == null ? "unknown failure" : failure.getMessage());
        }
        schedule(leaving ? Duration.ZERO : backoff.next(), this::step);
    }

    private void giveNotice() {
        registered = false;
        if (holders.isEmpty()) {
            gone.complete(null);
            return;
        }
        Question notice = Question.put("/v1/agent/service/maintenance/" + Question.encoded(consulId))
                .with("enable", "true")
                .with("reason", "leaving");
        noticeGivenAt = loop.nanoTime();
        removal = () -> remove(ATTEMPTS_TO_REMOVE);
        Runnable remove = removal;
        atEveryHolder(agent -> client.ask(agent, notice)).whenComplete((told, failure) -> {
            if (removal != null && timer == null && !gone.isDone()) {
                schedule(soon ? SHORT_NOTICE : NOTICE, remove);
            }
        });
    }

    private void remove(int attempts) {
        removal = null;
        Question removal = Question.put("/v1/agent/service/deregister/" + Question.encoded(consulId));
        atEveryHolder(agent -> client.ask(agent, removal).thenAccept(answer -> {
                    if (!answer.ok() && !answer.knowsNot()) {
                        throw client.problem(answer, removal);
                    }
                    holders.remove(agent);
                }))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        gone.complete(null);
                    } else if (attempts > 1) {
                        schedule(backoff.next(), () -> remove(attempts - 1));
                    } else {
                        logger.warn(
                                "{} could not be deregistered from Consul, which removes it {} s after its check failed: {}",
                                id,
                                check.deregisterAfter().toSeconds(),
                                failure.getMessage());
                        gone.complete(null);
                    }
                });
    }

    private CompletableFuture<Void> atEveryHolder(Function<URI, CompletableFuture<?>> request) {
        return CompletableFuture.allOf(
                List.copyOf(holders).stream().map(request).toArray(CompletableFuture<?>[]::new));
    }
}
