/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.nginx;

import io.clusterrpc.nginx.NginxState.Outcome;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Hands a text over to nginx: written, checked, and only then read. What nginx refuses does not stay in its way: the file is put back
 * as it was accepted last. Owned by one thread; {@link #abort} may be called by any.
 */
final class Handover {

    private final UpstreamFile file;
    private final Command check;
    private final Command reload;

    /** What nginx accepted, or, before the first check, what it probably runs with. */
    private @Nullable String lastGood;

    Handover(NginxSettings settings) {
        this.file = new UpstreamFile(settings.upstreamFile());
        this.check = new Command(settings.checkCommand(), settings.commandTimeout());
        this.reload = new Command(settings.reloadCommand(), settings.commandTimeout());
    }

    /**
     * Remembers the file of an earlier run.
     *
     * @return what stands in it, {@code null} if there is none
     */
    @Nullable
    String begin() throws IOException {
        lastGood = file.read();
        return lastGood;
    }

    Attempt hand(String text) {
        try {
            if (!text.equals(file.read())) {
                file.write(text);
            }
        } catch (IOException ex) {
            return new Attempt(Outcome.UNWRITABLE, file.path() + " cannot be written: " + ex);
        }
        String refusal = check.run();
        if (refusal != null) {
            return new Attempt(Outcome.REFUSED, refusal + putBack(text));
        }
        lastGood = text;
        String failure = reload.run();
        return failure == null ? Attempt.RELOADED : new Attempt(Outcome.NOT_RELOADED, failure);
    }

    /** Where no check ever succeeded and there was no file, the new one stays: nginx cannot start without. */
    private String putBack(String text) {
        String good = lastGood;
        if (good == null || good.equals(text)) {
            return "";
        }
        try {
            file.write(good);
            return "; the last good file is back in its place";
        } catch (IOException ex) {
            return "; and the last good file cannot be put back: " + ex;
        }
    }

    void abort() {
        check.kill();
        reload.kill();
    }
}
