/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import io.clusterrpc.Attempt;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Status;

/** The same result for every call, while no instance is connected. */
final class SettledPicker extends SubchannelPicker {

    private final PickResult result;

    private SettledPicker(PickResult result) {
        this.result = result;
    }

    static SettledPicker waiting(String reason) {
        return new SettledPicker(PickResult.withNoResult("connecting", reason));
    }

    static SettledPicker failing(Status status) {
        return new SettledPicker(PickResult.withError(status));
    }

    @Override
    public PickResult pickSubchannel(PickSubchannelArgs call) {
        Attempt attempt = call.getCallOptions().getOption(Attempt.KEY);
        if (attempt != null) {
            attempt.balanced();
        }
        return result;
    }

    @Override
    public String toString() {
        return "rpc_cluster(" + result + ")";
    }
}
