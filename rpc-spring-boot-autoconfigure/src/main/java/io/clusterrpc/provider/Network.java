/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Selects the addresses of a machine that consumers can reach, by prefix ({@code 10.0.0.0/8}, {@code fd00::/8}) or by the name of
 * a network interface ({@code eth0}). Immutable.
 */
public final class Network {

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern IPV4 = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final Pattern INTERFACE = Pattern.compile("[A-Za-z][\\w.@-]*");

    private final String text;
    private final byte @Nullable [] prefix;
    private final int bits;

    private Network(String text, byte @Nullable [] prefix, int bits) {
        this.text = text;
        this.prefix = prefix;
        this.bits = bits;
    }

    /**
     * Reads a network.
     *
     * @param text an address prefix, a single address, or the name of a network interface
     * @return the network
     * @throws IllegalArgumentException if it is none of these; the message names the text and what was expected
     */
    public static Network of(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (slash < 0 && INTERFACE.matcher(text).matches()) {
            return new Network(text, null, 0);
        }
        if (!IPV4.matcher(address).matches() && !IPV6.matcher(address).matches()) {
            throw malformed(text);
        }
        try {
            byte[] prefix = InetAddress.getByName(address).getAddress(); // a literal: no name is looked up
            int bits = slash < 0 ? prefix.length * 8 : Integer.parseInt(text.substring(slash + 1));
            if (bits < 0 || bits > prefix.length * 8) {
                throw malformed(text);
            }
            return new Network(text, prefix, bits);
        } catch (UnknownHostException | NumberFormatException e) {
            throw malformed(text);
        }
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "rpc.provider.network: '" + text
                        + "' (expected: an address prefix like 10.0.0.0/8 or fd00::/8, or the name of a network interface like eth0)");
    }

    boolean contains(NetworkCard card, InetAddress address) {
        if (prefix == null) {
            return card.name().equals(text);
        }
        byte[] bytes = address.getAddress();
        if (bytes.length != prefix.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit & 7);
            if ((bytes[bit >> 3] & mask) != (prefix[bit >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text;
    }
}
