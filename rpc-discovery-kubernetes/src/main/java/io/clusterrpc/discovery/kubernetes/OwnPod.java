/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which pod is this? What was configured says so, else the token that Kubernetes mounts: it is issued for one pod and names it. Not the
 * host name, which is another one with host networking or where a pod sets its own.
 */
final class OwnPod {

    private static final Logger logger = LoggerFactory.getLogger(OwnPod.class);
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private final KubernetesSettings.Pod told;
    private final Path account;

    OwnPod(KubernetesSettings.Pod told) {
        this(told, ACCOUNT);
    }

    OwnPod(KubernetesSettings.Pod told, Path account) {
        this.told = told;
        this.account = account;
    }

    /** The instance id of this process, {@code null} outside of pods and where nothing tells. */
    @Nullable
    String id() {
        String id = PodId.of(told.name(), told.uid());
        return id != null ? id : ofToken();
    }

    /** The namespace of this pod, {@code null} outside of pods. */
    @Nullable
    String namespace() {
        String namespace = read("namespace");
        return namespace == null || !ServiceName.isLabel(namespace.strip()) ? null : namespace.strip();
    }

    private @Nullable String ofToken() {
        String token = read("token");
        String[] parts = token == null ? new String[0] : token.strip().split("\\.");
        if (parts.length != 3) {
            return null;
        }
        try {
            String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            JsonObject pod = child(child(JsonParser.parseString(claims), "kubernetes.io"), "pod");
            return PodId.of(text(pod, "name"), text(pod, "uid"));
        } catch (JsonParseException | IllegalArgumentException | IllegalStateException ex) {
            // The exception may quote the token.
            logger.debug("The service account's token in {} names no pod", account);
            return null;
        }
    }

    private static JsonObject child(JsonElement parent, String key) {
        JsonElement child = parent.isJsonObject() ? parent.getAsJsonObject().get(key) : null;
        return child != null && child.isJsonObject() ? child.getAsJsonObject() : new JsonObject();
    }

    private static @Nullable String text(JsonObject object, String key) {
        JsonElement element = object.get(key);
        return element != null && element.isJsonPrimitive() ? element.getAsString() : null;
    }

    private @Nullable String read(String file) {
        try {
            return Files.readString(account.resolve(file));
        } catch (IOException | SecurityException ex) {
            return null;
        }
    }
}
