/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.util.ClassUtils;

/** Puts into a registry's own kind of registration what consumers need. */
interface RegistrationEditor {

    /**
     * What to put into a registration.
     *
     * @param metadata all that is ours
     * @param before the keys that were ours before
     * @param webPort the port of the web server, 0 if there is none
     * @param grpcPort the gRPC port
     */
    record Change(Map<String, String> metadata, Set<String> before, int webPort, int grpcPort) {

        /** The port that a registration gets which has the given one: what somebody configured stays. */
        int port(int given) {
            if (webPort > 0) {
                return given > 0 ? given : webPort;
            }
            return grpcPort;
        }

        void apply(Map<String, String> target) {
            before.stream().filter(key -> !metadata.containsKey(key)).forEach(target::remove);
            target.putAll(metadata);
        }
    }

    boolean edits(Registration registration);

    void write(Registration registration, Change change);

    /** In the order in which they are to be asked; the last one edits everything. */
    static List<RegistrationEditor> available(ClassLoader loader) {
        boolean eureka = ClassUtils.isPresent(
                "org.springframework.cloud.netflix.eureka.serviceregistry.EurekaRegistration", loader);
        return eureka
                ? List.of(new EurekaRegistrationEditor(), new PlainRegistrationEditor())
                : List.of(new PlainRegistrationEditor());
    }
}
