/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import io.grpc.Server;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

@ExtendWith(OutputCaptureExtension.class)
class ServerExposureTests {

    private final GrpcServerProperties properties = new GrpcServerProperties();

    @Test
    void warnsOfPlaintextToOtherMachines(CapturedOutput output) {
        check(false, "0.0.0.0");
        assertThat(output).contains("speaks plaintext to the network: set spring.grpc.server.ssl.bundle");
    }

    @Test
    void namesBothRemediesWhereAllConsumersAreOnThisMachine(CapturedOutput output) {
        check(true, "0.0.0.0");
        assertThat(output)
                .contains("WARN")
                .contains("speaks plaintext to the network: set spring.grpc.server.address=127.0.0.1")
                .contains("or spring.grpc.server.ssl.bundle");
    }

    @Test
    void saysNothingOfALoopbackAddressOrOfTls(CapturedOutput output) {
        check(true, "127.0.0.1");
        check(false, "127.0.0.1");
        properties.getSsl().setBundle("server");
        check(true, "0.0.0.0");
        check(false, "0.0.0.0");
        assertThat(output).doesNotContain("plaintext");
    }

    private void check(boolean loopbackOnly, String bound) {
        Server server = mock(Server.class);
        doReturn(List.of(new InetSocketAddress(bound, 9090))).when(server).getListenSockets();
        StaticListableBeanFactory beans = new StaticListableBeanFactory();
        beans.addBean("properties", properties);
        new ServerExposure(new MockEnvironment(), loopbackOnly, beans.getBeanProvider(GrpcServerProperties.class))
                .check(server);
    }
}
