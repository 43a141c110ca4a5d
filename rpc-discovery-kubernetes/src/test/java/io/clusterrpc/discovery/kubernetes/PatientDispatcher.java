/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Lets the events of a watch wait for the server's event loop on a thread that the event loop does not wait for. fabric8's server does:
 * at the end of a watch its event loop waits for the thread that writes events, and that one for the event loop. So each watch that ended
 * while an event was on its way stopped the whole server for half a minute.
 */
final class PatientDispatcher extends KubernetesCrudDispatcher {

    @Override
    public MockResponse handleWatch(String path) {
        MockResponse response = super.handleWatch(path);
        WebSocketListener watch = response.getWebSocketListener();
        return watch == null ? response : response.withWebSocketUpgrade(new Watch(watch));
    }

    private static final class Watch extends WebSocketListener {

        private final WebSocketListener watch;
        private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "mock-watch");
            thread.setDaemon(true);
            return thread;
        });

        Watch(WebSocketListener watch) {
            this.watch = watch;
        }

        @Override
        public void onOpen(WebSocket socket, Response response) {
            watch.onOpen(new Socket(socket, writer), response);
        }

        @Override
        public void onClosing(WebSocket socket, int code, String reason) {
            watch.onClosing(socket, code, reason);
        }

        @Override
        public void onClosed(WebSocket socket, int code, String reason) {
            watch.onClosed(socket, code, reason);
            writer.shutdown();
        }

        @Override
        public void onFailure(WebSocket socket, Throwable cause, Response response) {
            watch.onFailure(socket, cause, response);
            writer.shutdown();
        }
    }

    /** Says that what it was given is sent before it is; after the end of the watch that it is not. */
    private record Socket(WebSocket socket, ExecutorService writer) implements WebSocket {

        @Override
        public RecordedRequest request() {
            return socket.request();
        }

        @Override
        public boolean send(String text) {
            return later(() -> socket.send(text));
        }

        @Override
        public boolean send(byte[] bytes) {
            return later(() -> socket.send(bytes));
        }

        private boolean later(Runnable send) {
            try {
                writer.execute(send);
                return true;
            } catch (RejectedExecutionException e) {
                return false;
            }
        }

        @Override
        public boolean close(int code, String reason) {
            return socket.close(code, reason);
        }
    }
}
