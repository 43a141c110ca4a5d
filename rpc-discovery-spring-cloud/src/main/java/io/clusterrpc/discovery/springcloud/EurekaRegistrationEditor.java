/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.springcloud;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.InstanceInfo;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaRegistration;

/** For Eureka, whose client keeps a record of its own beside the registration. */
final class EurekaRegistrationEditor implements RegistrationEditor {

    @Override
    public boolean edits(Registration registration) {
        return registration instanceof EurekaRegistration;
    }

    @Override
    public void write(Registration registration, Change change) {
        EurekaRegistration eureka = (EurekaRegistration) registration;
        eureka.setNonSecurePort(change.port(eureka.getNonSecurePort()));
        change.apply(eureka.getInstanceConfig().getMetadataMap());
        ApplicationInfoManager manager = eureka.getApplicationInfoManager();
        InstanceInfo info = manager.getInfo();
        // The builder changes the record that it is made from.
        new InstanceInfo.Builder(info).setPort(eureka.getNonSecurePort());
        change.apply(info.getMetadata());
        info.setIsDirty();
    }
}
