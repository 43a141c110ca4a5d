/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.consul;

import io.clusterrpc.discovery.DiscoveryConfigurationException;

/** The secret that Consul's access control asks for. Immutable; never shows itself. */
public final class AclToken {

    /** For registries without access control, or with rights for everybody. */
    public static final AclToken NONE = new AclToken("");

    private static final String HIDDEN = "(token)";

    private final String secret;

    private AclToken(String secret) {
        this.secret = secret;
    }

    /**
     * Takes a token.
     *
     * @param property where it was configured, for the message
     * @param secret the token; blank for none
     * @return the token without the white space around it
     * @throws DiscoveryConfigurationException if it cannot stand in an HTTP header; the message does not show it
     */
    public static AclToken of(String property, String secret) {
        String text = secret.strip();
        if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new DiscoveryConfigurationException(
                    property,
                    "the token holds white space or characters that are not ASCII (" + text.length() + " characters)",
                    "Use the token's SecretID as Consul shows it, for example a UUID.",
                    null);
        }
        return text.isEmpty() ? NONE : new AclToken(text);
    }

    boolean present() {
        return !secret.isEmpty();
    }

    /** For the header only. */
    String secret() {
        return secret;
    }

    /** Takes the token out of a text that somebody else wrote. */
    String hideIn(String text) {
        return secret.isEmpty() ? text : text.replace(secret, HIDDEN);
    }

    @Override
    public String toString() {
        return secret.isEmpty() ? "none" : HIDDEN;
    }
}
