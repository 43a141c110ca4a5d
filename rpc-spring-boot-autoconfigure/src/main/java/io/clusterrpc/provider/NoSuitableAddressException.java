/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.provider;

/** The network chosen by {@code rpc.provider.network} has no address on this machine. The message lists what there is. */
public final class NoSuitableAddressException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NoSuitableAddressException(Network network, String present) {
        super("rpc.provider.network: '" + network + "' matches no address of this machine, which has " + present);
    }
}
