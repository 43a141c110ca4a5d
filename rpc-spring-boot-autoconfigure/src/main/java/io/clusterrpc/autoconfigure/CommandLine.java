/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.autoconfigure;

import io.clusterrpc.discovery.DiscoveryConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command as configuration writes it: words apart by spaces, those that contain some in quotes. */
final class CommandLine {

    private static final Pattern WORD = Pattern.compile("\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\s\"']+))(?=\\s|$)");

    private CommandLine() {}

    static List<String> split(String property, String command) {
        List<String> words = new ArrayList<>();
        String text = command.strip();
        Matcher matcher = WORD.matcher(text);
        int end = 0;
        while (end < text.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new DiscoveryConfigurationException(
                        property,
                        "'" + command + "' has a quote that is not closed, or within a word",
                        "Put whole words into quotes, for example: sh -c 'nginx -s reload'.",
                        null);
            }
            for (int group = 1; group <= 3; group++) {
                if (matcher.group(group) != null) {
                    words.add(matcher.group(group));
                }
            }
            end = matcher.end();
        }
        return words;
    }
}
