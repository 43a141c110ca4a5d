/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.clusterrpc.discovery.kubernetes.KubernetesSettings.Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnPodTests {

    @TempDir
    private Path account;

    private OwnPod pod(String name, String uid) {
        return new OwnPod(new Pod(name, uid), account);
    }

    private void mount(String file, String content) throws IOException {
        Files.writeString(account.resolve(file), content);
    }

    private static String token(String claims) {
        return "e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8))
                + ".c2ln";
    }

    @Test
    void tokenNamesThePod() throws IOException {
        mount(
                "token",
                token("{\"aud\":[\"x\"],\"kubernetes.io\":{\"namespace\":\"shop\",\"pod\":{\"name\":\"orders-1\","
                        + "\"uid\":\"3f1c\"},\"serviceaccount\":{\"name\":\"default\",\"uid\":\"9\"}}}"));
        mount("namespace", "shop\n");
        assertThat(pod(null, null).id()).isEqualTo("pod:orders-1:3f1c");
        assertThat(pod(null, null).namespace()).isEqualTo("shop");
        assertThat(pod("other", null).id()).isEqualTo("pod:orders-1:3f1c");
        assertThat(pod("other", "u").id()).isEqualTo("pod:other:u");
    }

    @Test
    void outsideOfAPodNothingIsKnown() {
        assertThat(pod(null, null).id()).isNull();
        assertThat(pod(null, null).namespace()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "1",
                "no json",
                "{\"kubernetes.io\":7}",
                "{\"kubernetes.io\":{\"pod\":[]}}",
                "{\"kubernetes.io\":{\"pod\":{\"name\":\"a\"}}}",
                "{\"kubernetes.io\":{\"pod\":{\"name\":{},\"uid\":\"u\"}}}",
                "{\"kubernetes.io\":{\"pod\":{\"name\":\"a:b\",\"uid\":\"u\"}}}"
            })
    void tokenThatNamesNoPodIsNoMistake(String claims) throws IOException {
        mount("token", token(claims));
        assertThat(pod(null, null).id()).isNull();
        mount("token", claims);
        assertThat(pod(null, null).id()).isNull();
    }

    @Test
    void consumersCallAPodByTheSameId() {
        assertThat(PodId.of(Slices.ready("orders-1", "10.0.0.1").getTargetRef()))
                .isEqualTo(pod("orders-1", "uid-orders-1").id());
    }
}
