/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure.springcloud;

import io.clusterrpc.discovery.springcloud.SpringCloudDiscovery;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.discovery.event.InstancePreRegisteredEvent;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.cloud.client.discovery.event.ParentHeartbeatEvent;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.SmartApplicationListener;

/**
 * Carries the hints of the registries' clients to the backend, and tells Spring Cloud what it would otherwise not hear: that the
 * application is registered, once in its life. Discovery health says UNKNOWN until then, and some clients (ZooKeeper's) watch their
 * registry only from then on; so an application that nobody registers says it when it is ready.
 */
final class SpringCloudEvents implements SmartApplicationListener {

    private final ApplicationContext context;
    private final AtomicBoolean announced = new AtomicBoolean();

    /** Set when it is there: a hint may come, on a client's thread, while the application still starts. */
    private volatile @Nullable SpringCloudDiscovery discovery;

    SpringCloudEvents(ApplicationContext context) {
        this.context = context;
    }

    void tell(SpringCloudDiscovery created) {
        discovery = created;
    }

    @Override
    public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
        return HeartbeatEvent.class.isAssignableFrom(type)
                || ParentHeartbeatEvent.class.isAssignableFrom(type)
                || InstanceRegisteredEvent.class.isAssignableFrom(type)
                || ApplicationReadyEvent.class.isAssignableFrom(type);
    }

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        if (event instanceof InstanceRegisteredEvent<?>) {
            announced.set(true);
        }
        if (event instanceof ApplicationReadyEvent ready) {
            if (ready.getApplicationContext() == context && !registersItself()) {
                announce(this);
            }
            return;
        }
        SpringCloudDiscovery told = discovery;
        if (told != null) {
            told.changed();
        }
    }

    private boolean registersItself() {
        return context.containsBean("rpcRegistrationTakeOver")
                && context.getBeanNamesForType(Registration.class, true, false).length > 0;
    }

    void registers(Registration registration) {
        context.publishEvent(new InstancePreRegisteredEvent(this, registration));
    }

    void registered(Registration registration) {
        announce(registration);
    }

    private void announce(Object what) {
        if (announced.compareAndSet(false, true)) {
            context.publishEvent(new InstanceRegisteredEvent<>(this, what));
        }
    }
}
