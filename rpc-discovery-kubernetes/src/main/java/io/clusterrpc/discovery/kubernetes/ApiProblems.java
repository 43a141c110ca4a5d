/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.kubernetes;

import io.clusterrpc.discovery.DiscoveryException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says what went wrong with a question to the API server, and what to do about it. Never shows a token. */
final class ApiProblems {

    private ApiProblems() {}

    /**
     * Describes a failure.
     *
     * @param address the API server, {@code null} if its configuration could not be read
     * @param verb what was asked for, in the words of RBAC
     */
    static DiscoveryException describe(
            @Nullable String address, String verb, String namespace, String service, Throwable failure) {
        if (failure instanceof DiscoveryException described) {
            return described;
        }
        if (address == null) {
            return new DiscoveryException(
                    "kubernetes: no client for the API server: " + root(failure)
                            + ". rpc.discovery.kubernetes.kubeconfig and .context say how it is found",
                    failure);
        }
        int code = failure instanceof KubernetesClientException refused ? refused.getCode() : 0;
        String asked = "kubernetes API server " + address + ", asked to " + verb
                + " endpointslices.discovery.k8s.io of the Service " + service + " in the namespace " + namespace
                + ": ";
        return new DiscoveryException(asked + answer(code, verb, namespace, failure), failure);
    }

    private static String answer(int code, String verb, String namespace, Throwable failure) {
        String root = root(failure);
        if (code == 403) {
            return "forbidden. The application's service account lacks the verb \"" + verb
                    + "\" on endpointslices in that namespace: apply the Role in deploy/kubernetes/rbac.yaml to "
                    + namespace
                    + ", or set rpc.discovery.kubernetes.mode=dns";
        }
        // The JDK's client does not hand out an answer that names no scheme.
        if (code == 401 || root.contains("401")) {
            return "it does not accept the credentials (HTTP 401). In a pod they are its service account's token"
                    + " (automountServiceAccountToken), else those of the kubeconfig's context";
        }
        if (code == 404) {
            return "it does not know them (HTTP 404): EndpointSlices need Kubernetes 1.21 or newer";
        }
        if (code > 0) {
            return "HTTP " + code + " " + root;
        }
        if (root.contains("UnknownHostException") || root.contains("UnresolvedAddressException")) {
            return "its name is unknown. Outside of a cluster set rpc.discovery.kubernetes.kubeconfig or KUBECONFIG";
        }
        if (isTls(failure)) {
            return "TLS failed (" + root
                    + "). Its certificate must be for the host, and from the authority, that the kubeconfig's cluster"
                    + " names (server, certificate-authority); in a pod the authority is the service account's ca.crt";
        }
        return "no answer (" + root + ")";
    }

    private static boolean isTls(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof SSLException)) {
            cause = cause.getCause() == cause ? null : cause.getCause();
        }
        return cause != null;
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return root.getClass().getSimpleName()
                + (message == null || message.isBlank() ? "" : ": " + firstLine(message));
    }

    private static String firstLine(String message) {
        String line = message.lines().findFirst().orElse("");
        return line.length() > 300 ? line.substring(0, 300) + "..." : line;
    }
}
