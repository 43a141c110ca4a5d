/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.grpc.Metadata;
import java.util.regex.Pattern;

/**
 * Where the hash key of a call comes from, unless its {@link io.clusterrpc.HashKey} option gives one. Immutable.
 *
 * @param from headers or request
 * @param name of a request header (the bytes of its value count if it ends in {@code -bin}), or the path of a field of the request
 *     message, with dots between the fields
 */
public record HashKeySource(From from, String name) {

    private static final String HEADER = "header.";
    private static final String REQUEST = "request.";
    private static final Pattern PATH = Pattern.compile("[A-Za-z_]\\w*(\\.[A-Za-z_]\\w*)*");

    /** What part of a call has the key. */
    public enum From {
        /** A header. */
        HEADER,
        /** A field of the request message; whoever knows the message turns it into an option of the call. */
        REQUEST
    }

    /** Checks the name. */
    public HashKeySource {
        if (from == From.REQUEST) {
            if (!PATH.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "path of a field: '" + name + "' (expected: names with dots between them)");
            }
        } else if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
        } else {
            Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
        }
    }

    /**
     * Reads the configured form.
     *
     * @param text {@code header.<name>} or {@code request.<path>}
     * @return the source
     * @throws IllegalArgumentException if it is anything else
     */
    public static HashKeySource parse(String text) {
        if (text.startsWith(HEADER)) {
            return new HashKeySource(From.HEADER, text.substring(HEADER.length()));
        }
        if (text.startsWith(REQUEST)) {
            return new HashKeySource(From.REQUEST, text.substring(REQUEST.length()));
        }
        throw new IllegalArgumentException(
                "hash key: '" + text + "' (expected: header.<name> or request.<path of a field>)");
    }

    /** The configured form. */
    @Override
    public String toString() {
        return (from == From.HEADER ? HEADER : REQUEST) + name;
    }
}
