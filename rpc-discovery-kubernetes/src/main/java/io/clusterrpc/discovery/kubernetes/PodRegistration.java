/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.discovery.DiscoveryBackend.Registration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does nothing: Kubernetes lists pods by itself. Says so, and what of an instance reaches nobody that way. */
final class PodRegistration implements Registration {

    private static final Logger logger = LoggerFactory.getLogger(KubernetesDiscovery.class);

    private volatile boolean open = true;

    PodRegistration(ServiceInstance instance) {
        logger.info(
                "Kubernetes lists {} by itself: under every Service whose selector matches its pod, while the readiness probe"
                        + " succeeds",
                instance.service());
        if (instance.weight() != ServiceInstance.DEFAULT_WEIGHT
                || !instance.tags().isEmpty()) {
            logger.warn(
                    "rpc.provider.weight and rpc.provider.tags of {} reach no consumer through Kubernetes: label the Service with {}"
                            + " and {}<key> instead",
                    instance.service(),
                    Vocabulary.WEIGHT,
                    Vocabulary.TAG);
        }
    }

    @Override
    public void update(ServiceInstance instance) {
        logger.warn("The changed weight, tags or role of {} reach no consumer through Kubernetes", instance.service());
    }

    @Override
    public boolean registered() {
        return open;
    }

    @Override
    public void close() {
        open = false;
    }
}
