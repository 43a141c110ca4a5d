/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;

import io.clusterrpc.RpcReference;
import io.clusterrpc.RpcService;
import io.clusterrpc.testproto.GreeterGrpc;
import io.clusterrpc.testproto.HelloReply;
import io.clusterrpc.testproto.HelloRequest;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.grpc.test.autoconfigure.AutoConfigureTestGrpcTransport;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

/** What tests of applications do with references: Boot's in-process transport, the in-process server, and mocks. */
class TestTransportTests {

    private static final HelloRequest REQUEST =
            HelloRequest.newBuilder().setName("you").build();

    @Nested
    @SpringBootTest(
            classes = Application.class,
            properties = {"spring.application.name=greeter", "rpc.discovery.local.namespace=${random.uuid}"})
    @AutoConfigureTestGrpcTransport
    class OverTheTestTransport {

        @Autowired
        Application.Caller caller;

        @Test
        void referencesReachTheApplicationsOwnServices() {
            assertThat(caller.greeter.sayHello(REQUEST).getMessage()).isEqualTo("Hello you");
        }
    }

    @Nested
    @SpringBootTest(
            classes = Application.class,
            properties = {
                "spring.application.name=greeter",
                "rpc.discovery.local.namespace=${random.uuid}",
                "spring.grpc.server.inprocess.name=greeter-test",
                "spring.grpc.server.port=0",
                "spring.grpc.client.channel.greeter.target=in-process:greeter-test"
            })
    class OverTheInProcessServer {

        @Autowired
        Application.Caller caller;

        @Test
        void referencesWithAnInProcessTargetReachIt() {
            assertThat(caller.greeter.sayHello(REQUEST).getMessage()).isEqualTo("Hello you");
        }
    }

    @Nested
    @SpringBootTest(
            classes = Application.class,
            properties = {
                "spring.application.name=greeter",
                "spring.grpc.server.port=0",
                "rpc.discovery.local.namespace=${random.uuid}"
            })
    class WithAMock {

        @MockitoBean
        GreeterGrpc.GreeterBlockingStub mock;

        @Autowired
        Application.Caller caller;

        @Test
        void mockTakesThePlaceOfTheStub() {
            given(mock.sayHello(any()))
                    .willReturn(HelloReply.newBuilder().setMessage("mocked").build());
            assertThat(caller.greeter.sayHello(REQUEST).getMessage()).isEqualTo("mocked");
        }
    }

    @Nested
    @SpringBootTest(
            classes = Application.class,
            properties = {
                "spring.application.name=greeter",
                "spring.grpc.server.port=0",
                "rpc.discovery.local.namespace=${random.uuid}"
            })
    class OverTheNetwork {

        @Autowired
        Application.Caller caller;

        @RpcReference("greeter")
        GreeterGrpc.GreeterFutureStub ofTheTestAlone;

        @Test
        void aTestMayHaveReferencesOfItsOwn(@RpcReference("greeter") GreeterGrpc.GreeterBlockingV2Stub parameter)
                throws Exception {
            assertThat(ofTheTestAlone.sayHello(REQUEST).get().getMessage()).isEqualTo("Hello you");
            assertThat(parameter.sayHello(REQUEST).getMessage()).isEqualTo("Hello you");
        }

        @Test
        void applicationFindsItselfInTheLocalRegistry() {
            assertThat(caller.greeter.sayHello(REQUEST).getMessage()).isEqualTo("Hello you");
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({Application.Greeter.class, Application.Caller.class})
    static class Application {

        @RpcService
        static class Greeter extends GreeterGrpc.GreeterImplBase {

            @Override
            public void sayHello(HelloRequest request, StreamObserver<HelloReply> response) {
                response.onNext(HelloReply.newBuilder()
                        .setMessage("Hello " + request.getName())
                        .build());
                response.onCompleted();
            }
        }

        static class Caller {

            @RpcReference("greeter")
            GreeterGrpc.GreeterBlockingStub greeter;
        }
    }
}
