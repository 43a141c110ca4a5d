/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real nginx with {@code deploy/nginx/nginx.conf}, of which only the paths, the port and the gRPC service are changed. */
final class NginxServer implements AutoCloseable {

    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    private final Path folder;
    private final String executable;
    private final int port;

    NginxServer(Path folder) throws IOException {
        this.folder = folder;
        this.executable = executable();
        this.port = freePort();
        Files.createDirectory(folder.resolve("tmp"));
        configure("");
    }

    /** Writes the configuration, with more of it at its end. */
    void configure(String more) throws IOException {
        String conf = Files.readString(PROJECT.resolve("deploy/nginx/nginx.conf"));
        conf = replaced(conf, "worker_processes auto;", "worker_processes 2;\npid " + folder.resolve("pid") + ";");
        conf = replaced(conf, "/var/lib/rpc/upstreams.conf;", upstreamFile() + ";");
        conf = replaced(conf, "listen 127.0.0.1:8090", "listen 127.0.0.1:" + port);
        conf = replaced(conf, "demo.Greeter", "rpctest.Greeter");
        conf = replaced(
                conf,
                "    server_tokens off;",
                "    client_body_temp_path tmp/body; proxy_temp_path tmp/proxy; fastcgi_temp_path tmp/fastcgi;"
                        + " uwsgi_temp_path tmp/uwsgi; scgi_temp_path tmp/scgi;");
        Files.writeString(folder.resolve("nginx.conf"), conf + more);
    }

    private static String replaced(String text, String what, String by) {
        assertThat(text).contains(what);
        return text.replace(what, by);
    }

    /** Prints the path of one, which it fetches if there is none. */
    private static String executable() throws IOException {
        Process script = new ProcessBuilder(PROJECT.resolve("config/nginx.sh").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String path = new String(script.getInputStream().readAllBytes()).strip();
        assertThat(path).as("an nginx, see above").isNotEmpty();
        return path;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    Path upstreamFile() {
        return folder.resolve("upstreams.conf");
    }

    int port() {
        return port;
    }

    List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                executable,
                "-p",
                folder.toString(),
                "-c",
                folder.resolve("nginx.conf").toString(),
                "-e",
                folder.resolve("error.log").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    NginxServer start() throws IOException, InterruptedException {
        Process start = new ProcessBuilder(command()).inheritIO().start();
        assertThat(start.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(start.exitValue()).isZero();
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException ex) {
                return false;
            }
        });
        return this;
    }

    @Override
    public void close() throws IOException {
        Path pid = folder.resolve("pid");
        if (Files.exists(pid)) {
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(master -> {
                List<ProcessHandle> workers = master.descendants().toList();
                master.destroy();
                master.onExit().orTimeout(10, TimeUnit.SECONDS).join();
                workers.forEach(ProcessHandle::destroyForcibly);
            });
        }
    }
}
