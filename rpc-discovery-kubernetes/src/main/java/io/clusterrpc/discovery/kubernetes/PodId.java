/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectReference;
import org.jspecify.annotations.Nullable;

/**
 * How a pod is called as an instance, by itself and by its consumers: {@code pod:name:uid}. The name is for people, the uid tells a pod
 * from another one of the same name.
 */
final class PodId {

    private static final String KIND = "pod";

    private PodId() {}

    static @Nullable String of(@Nullable String name, @Nullable String uid) {
        return isPlain(name) && isPlain(uid) ? KIND + ":" + name + ":" + uid : null;
    }

    static @Nullable String of(@Nullable ObjectReference target) {
        return target != null && "Pod".equals(target.getKind()) ? of(target.getName(), target.getUid()) : null;
    }

    private static boolean isPlain(@Nullable String text) {
        return text != null && !text.isBlank() && text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':');
    }
}
