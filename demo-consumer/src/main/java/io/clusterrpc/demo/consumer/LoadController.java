/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.demo.consumer;

import io.clusterrpc.RpcReference;
import io.clusterrpc.demo.api.GreeterGrpc.GreeterStub;
import io.clusterrpc.demo.api.HelloReply;
import io.clusterrpc.demo.api.HelloRequest;
import io.clusterrpc.demo.api.OrderReply;
import io.clusterrpc.demo.api.OrderRequest;
import java.util.concurrent.locks.LockSupport;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Calls at a fixed rate, half of them safe, for a bounded time. A user writes nothing like it: it lets
 * {@code demo.sh} count what is lost while members of the cluster come and go.
 */
@RestController
class LoadController {

    private final GreeterStub greeter;
    private volatile boolean stopped;

    // Without a name: the application that offers the gRPC service of the stub.
    LoadController(@RpcReference GreeterStub greeter) {
        this.greeter = greeter;
    }

    /** Answers with {@link Tally#toString()} when the time is over or {@link #stop()} was called. */
    @GetMapping(path = "/load", produces = MediaType.TEXT_PLAIN_VALUE)
    String load(@RequestParam(defaultValue = "200") int rate, @RequestParam(defaultValue = "10") int seconds)
            throws InterruptedException {
        int perSecond = Math.max(1, Math.min(rate, 1000));
        long calls = (long) perSecond * Math.max(1, Math.min(seconds, 300));
        Tally tally = new Tally();
        stopped = false;
        long start = System.nanoTime();
        for (long i = 0; i < calls && !stopped; i++) {
            waitUntil(start + i * 1_000_000_000L / perSecond);
            // As many of the one as of the other, but in no rhythm into which round robin could fall (Thue-Morse).
            if (Long.bitCount(i) % 2 == 0) {
                HelloRequest request =
                        HelloRequest.newBuilder().setName("call " + i).build();
                greeter.sayHello(request, tally.safe("SayHello", HelloReply::getInstance));
            } else {
                OrderRequest request =
                        OrderRequest.newBuilder().setItem("item " + i).build();
                greeter.placeOrder(request, tally.unsafe("PlaceOrder", OrderReply::getInstance));
            }
        }
        tally.awaitEnd();
        return tally.toString();
    }

    @DeleteMapping("/load")
    void stop() {
        stopped = true;
    }

    private static void waitUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
