/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.nginx.NginxSettings;
import io.clusterrpc.nginx.NginxSettings.ServerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An upstream file for an nginx on this host, for callers that cannot balance themselves.
 *
 * @param upstreamFile File that nginx includes. Nothing happens without.
 * @param services Applications to hand calls to. The upstream of one is its name in lower case, with rpc- before it.
 * @param checkCommand Command that tries the configuration of nginx; a file that it does not like is taken back.
 * @param reloadCommand Command that has nginx read its configuration again. Run without a shell.
 * @param commandTimeout How long either command may take.
 * @param debounce Least time between two reloads; what changes in between is taken together.
 * @param maxFails Failed attempts after which nginx leaves an instance alone for a while. 0 means never.
 * @param failTimeout That while, and the time within which the attempts fail.
 * @param keepalive Idle connections that each worker of nginx keeps to the instances of one application.
 */
@ConfigurationProperties("rpc.nginx")
public record RpcNginxProperties(
        @Nullable Path upstreamFile,
        @DefaultValue List<String> services,
        @DefaultValue("nginx -t -q") String checkCommand,
        @DefaultValue("nginx -s reload") String reloadCommand,
        @DefaultValue("10s") Duration commandTimeout,
        @DefaultValue("500ms") Duration debounce,
        @DefaultValue("1") int maxFails,
        @DefaultValue("5s") Duration failTimeout,
        @DefaultValue("32") int keepalive) {

    NginxSettings settings(Path file) {
        return new NginxSettings(
                file,
                services,
                CommandLine.split("rpc.nginx.check-command", checkCommand),
                CommandLine.split("rpc.nginx.reload-command", reloadCommand),
                commandTimeout,
                debounce,
                new ServerOptions(maxFails, failTimeout, keepalive));
    }
}
