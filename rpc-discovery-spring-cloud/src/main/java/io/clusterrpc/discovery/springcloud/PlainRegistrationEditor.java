/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import io.clusterrpc.discovery.DiscoveryException;
import java.util.List;
import java.util.Map;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.BeansException;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.cloud.client.serviceregistry.Registration;

/** For registrations whose metadata can be changed and whose port is a property, as those of ZooKeeper, Consul and Nacos. */
final class PlainRegistrationEditor implements RegistrationEditor {

    /** Where registrations keep the port: they have no type in common that says so. */
    private static final List<String> PORTS = List.of("port", "service.port");

    @Override
    public boolean edits(Registration registration) {
        return true;
    }

    /** The port comes first: some build their record then, and have no metadata before. */
    @Override
    public void write(Registration registration, Change change) {
        writePort(registration, change);
        Map<String, String> metadata = registration.getMetadata();
        try {
            if (metadata == null) {
                throw new UnsupportedOperationException();
            }
            change.apply(metadata);
        } catch (UnsupportedOperationException ex) {
            throw new DiscoveryException(
                    "spring-cloud: the metadata of " + registration.getClass().getSimpleName()
                            + " cannot be changed; name the gRPC port in that registry's own metadata property ("
                            + Vocabulary.PORT + ") and set rpc.discovery.spring-cloud.register=false",
                    ex);
        }
    }

    private static void writePort(Registration registration, Change change) {
        BeanWrapper properties = PropertyAccessorFactory.forBeanPropertyAccess(registration);
        for (String property : PORTS) {
            try {
                if (properties.isWritableProperty(property)) {
                    properties.setPropertyValue(property, change.port(registration.getPort()));
                    return;
                }
            } catch (BeansException ignored) {
                // Not this one.
            }
        }
    }
}
