/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.benchmarks.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTests {

    private static final String MACHINE = "2026-11-23T10:34:31Z\nLinux\n2 cores\n";

    @TempDir
    private Path root;

    @BeforeEach
    void experiments() throws IOException {
        file("docs/README.md", "");
        file("benchmarks/experiments/scale.sh", "# what thousands cost (about 3 minutes)\n");
        file("benchmarks/experiments/ramp.sh", "# simulated clusters (about 3 minutes)\n");
    }

    @Test
    void writesTheNewestRunWithItsPlot() throws Exception {
        scale("20260101-000000", "11");
        scale("20260102-000000", "12");

        Page.write(root, List.of());

        assertThat(page())
                .contains("| [scale](#scale) | what thousands cost | **missed** |")
                .contains(
                        "| pick-ns | 12 | &lt; 1000 | held | median ns |", "| pick-growth | 6 | &lt;= 5 | **missed** |")
                .contains("Run on 2026-11-23T10:34:31Z: Linux, 2 cores.")
                .contains("](performance/scale.svg)")
                .doesNotContain("ramp");
        Path svg = root.resolve("docs/performance/scale.svg");
        assertThat(svg).content().contains("<polyline", "10,000");
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile());
    }

    @Test
    void takesTheFolderGivenInsteadOfTheNewest() throws IOException {
        Path older = scale("20260101-000000", "11");
        scale("20260102-000000", "12");

        Page.write(root, List.of(older));

        assertThat(page()).contains("| pick-ns | 11 |");
    }

    @Test
    void writesTheSameFromWhatIsKept() throws IOException {
        Path run = scale("20260101-000000", "11");
        Page.write(root, List.of());
        String before = page();
        byte[] kept = Files.readAllBytes(root.resolve("benchmarks/samples/scale.zip"));
        Page.write(root, List.of());
        assertThat(Files.readAllBytes(root.resolve("benchmarks/samples/scale.zip")))
                .isEqualTo(kept);
        for (String file : List.of("verdict.txt", "machine.txt", "picks.csv")) {
            Files.delete(run.resolve(file));
        }
        Files.delete(root.resolve("docs/performance/scale.svg"));

        Page.write(root, List.of());

        assertThat(page()).isEqualTo(before);
        assertThat(root.resolve("docs/performance/scale.svg")).exists();
    }

    @Test
    void hasNoPlotWithoutItsSamples() throws IOException {
        Files.delete(scale("20260101-000000", "11").resolve("picks.csv"));

        Page.write(root, List.of());

        assertThat(page()).contains("## scale").doesNotContain(".svg");
    }

    @Test
    void drawsBarsOfMediansBySeed() throws IOException {
        String folder = "benchmarks/results/ramp-20260101-000000/";
        file(folder + "verdict.txt", "ramp: x=1 (bar 1) held\n");
        file(folder + "runs.csv", """
                column,policy,seed,p99micros
                10x20@70,adaptive,1,10000
                10x20@70,adaptive,2,30000
                10x20@70,c3,1,1000000
                equal,c3,1,7
                """);

        Page.write(root, List.of());

        assertThat(root.resolve("docs/performance/ramp.svg"))
                .content()
                .contains("<title>adaptive: 20</title>", "<title>c3: 1,000</title>")
                .doesNotContain("equal");
    }

    @Test
    void drawsIntervalsAndRowsOfVerdicts() throws IOException {
        file("benchmarks/results/price-1/verdict.txt", """
                cpu-percent                                  104.5  <= 110      held    starter of raw; 95 % interval 101.0 to 108.0, 11 pairs
                fast-calls-percent                           123.4  none        held    fast of raw; 95 % interval 101.0 to 128.0, 11 pairs
                price: cpu-percent=104.5 (bar <= 110) held
                """);
        file("benchmarks/results/linkerd-1/verdict.txt", """
                medians of the rounds        <= 1 s %   least %
                adaptive                       99.950    99.900
                round-robin                    95.400    95.300
                linkerd: adaptive-%=99.9 (bar >= 99.9) held
                """);

        Page.write(root, List.of());

        assertThat(root.resolve("docs/performance/price.svg"))
                .content()
                .contains(">104.5<", ">cpu<")
                .doesNotContain("fast");
        assertThat(root.resolve("docs/performance/linkerd.svg")).content().contains(">0.05<", ">4.6<");
    }

    /** Beside each other they would run into one another. */
    @Test
    void namesOfManyBarsStandInRows() throws IOException {
        StringBuilder figures = new StringBuilder();
        for (String name : List.of("a", "b", "c", "d", "e", "f", "g")) {
            figures.append(name)
                    .append("-percent   104.5  <= 110      held    95 % interval 101.0 to 108.0, 11 pairs\n");
        }
        file("benchmarks/results/price-1/verdict.txt", figures + "price: a-percent=104.5 (bar <= 110) held\n");

        Page.write(root, List.of());

        assertThat(root.resolve("docs/performance/price.svg"))
                .content()
                .containsPattern("y=\"360.0\"[^>]*>a<")
                .containsPattern("y=\"374.0\"[^>]*>b<")
                .containsPattern("y=\"388.0\"[^>]*>c<")
                .containsPattern("y=\"360.0\"[^>]*>d<");
    }

    @Test
    void leavesOutWhatIsTooLargeAndSaysSo() throws IOException {
        Path run = scale("20260101-000000", "11");
        StringBuilder noise = new StringBuilder("random\n");
        new Random(1).longs(30_000).forEach(value -> noise.append(value).append('\n'));
        Files.writeString(run.resolve("calls.csv"), noise);

        Page.write(root, List.of());

        assertThat(page()).contains("without the largest (calls.csv)");
        assertThat(root.resolve("benchmarks/samples/scale.zip").toFile().length())
                .isLessThan(5_000);
    }

    @Test
    void writesFaultsAsATable() throws IOException {
        String folder = "benchmarks/results/faults-20260101-000000/";
        file(folder + "machine.txt", MACHINE);
        file(folder + "verdict.txt", """
                kill
                  expected: 0 failed
                  held:     0 failed of 10,000
                freeze
                  expected: 1 %
                  missed:   2 %
                1 held, 1 missed, 0 skipped
                """);

        Page.write(root, List.of());

        assertThat(root.resolve("docs/reliability.md"))
                .content()
                .contains("| kill | 0 failed | 0 failed of 10,000 | held |", "| freeze | 1 % | 2 % | **missed** |")
                .contains("1 held, 1 missed, 0 skipped.", "2026-11-23T10:34:31Z");
    }

    private Path scale(String time, String nanos) throws IOException {
        String folder = "benchmarks/results/scale-" + time + "/";
        file(folder + "machine.txt", MACHINE);
        file(folder + "verdict.txt", """
                pick-ns                                         %s  < 1000      held    median ns
                pick-growth                                      6  <= 5        missed  times
                scale: pick-ns=%s (bar < 1000) missed
                """.formatted(nanos, nanos));
        file(folder + "picks.csv", """
                algorithm,instances,batch,picoseconds
                random,10,0,9000
                random,10000,0,12000
                """);
        return root.resolve(folder);
    }

    private String page() throws IOException {
        return Files.readString(root.resolve("docs/performance.md"));
    }

    private void file(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
