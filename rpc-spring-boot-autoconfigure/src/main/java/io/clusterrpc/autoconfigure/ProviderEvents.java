/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.provider.GraceEnd;
import io.clusterrpc.provider.NoSuitableAddressException;
import io.clusterrpc.provider.ProviderLifecycle;
import io.clusterrpc.provider.ReadinessChecks;
import io.grpc.Server;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycleEvent;
import org.springframework.grpc.server.lifecycle.GrpcServerShutdownEvent;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;
import org.springframework.grpc.server.lifecycle.GrpcServerTerminatedEvent;

/**
 * Tells the provider what happens to the servers of its own application context and to the application.
 *
 * <p>Events of a child context (management, or another application) arrive here too and are not ours. Close comes before anyone
 * else hears of it: nothing may stop before consumers know. A context that was paused starts its server again without becoming
 * ready again, so readiness is remembered and not expected after each start.
 */
final class ProviderEvents implements SmartApplicationListener {

    static final String NAME = "spring.application.name";

    private final ApplicationContext context;
    private final ProviderLifecycle provider;
    private final boolean register;
    private final ServerExposure exposure;
    private final GraceEnd grace;
    private final @Nullable ReadinessChecks readiness;

    ProviderEvents(
            ApplicationContext context,
            ProviderLifecycle provider,
            boolean register,
            ServerExposure exposure,
            GraceEnd grace,
            @Nullable ReadinessChecks readiness) {
        this.context = context;
        this.provider = provider;
        this.register = register;
        this.exposure = exposure;
        this.grace = grace;
        this.readiness = readiness;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 10;
    }

    @Override
    public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
        return GrpcServerLifecycleEvent.class.isAssignableFrom(type)
                || AvailabilityChangeEvent.class.isAssignableFrom(type)
                || ContextClosedEvent.class.isAssignableFrom(type);
    }

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        if (event instanceof GrpcServerStartedEvent started) {
            // In-process servers have no port.
            if (started.getPort() > 0 && isOurs(started)) {
                serverStarted(started.getServer());
            }
        } else if (event instanceof GrpcServerShutdownEvent stopping) {
            provider.serverStopping(stopping.getServer());
            if (stopping.getServer().getPort() > 0) {
                grace.begin(stopping.getServer());
            }
        } else if (event instanceof GrpcServerTerminatedEvent stopped) {
            provider.serverStopped(stopped.getServer());
        } else if (event instanceof AvailabilityChangeEvent<?> change) {
            if (change.getState() instanceof ReadinessState state && isOurs(change)) {
                accepting(state == ReadinessState.ACCEPTING_TRAFFIC);
            }
        } else if (event instanceof ContextClosedEvent closed && closed.getApplicationContext() == context) {
            provider.drain();
        }
    }

    private void accepting(boolean accepts) {
        if (accepts && readiness != null) {
            readiness.start();
        }
        provider.accepting(accepts);
    }

    private boolean isOurs(GrpcServerStartedEvent event) {
        return context.getBeansOfType(GrpcServerLifecycle.class, false, false).containsValue(event.getSource());
    }

    private boolean isOurs(AvailabilityChangeEvent<?> event) {
        return !(event.getSource() instanceof ApplicationContext source) || source == context;
    }

    private void serverStarted(Server server) {
        if (register && context.getEnvironment().getProperty(NAME, "").isBlank()) {
            throw new FailureAnalyzedException(
                    "This application serves gRPC, but has no name under which consumers could find it.",
                    "Set " + NAME
                            + " to the name that consumers use, or rpc.provider.register=false to serve without being found.");
        }
        try {
            provider.serverStarted(server);
        } catch (NoSuitableAddressException e) {
            throw new FailureAnalyzedException(
                    String.valueOf(e.getMessage()),
                    "Set rpc.provider.network to a network of this machine, or rpc.provider.host to the address that consumers reach.",
                    e);
        }
        exposure.check(server);
    }
}
