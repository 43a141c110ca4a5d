/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrcaTrailerTests {

    private static final Descriptor ORCA = orca();

    private static DynamicMessage.Builder report() {
        return DynamicMessage.newBuilder(ORCA);
    }

    private static FieldDescriptor field(String name) {
        return ORCA.findFieldByName(name);
    }

    private static void put(DynamicMessage.Builder report, String map, String key, double value) {
        Descriptor entry = field(map).getMessageType();
        report.addRepeatedField(
                field(map),
                DynamicMessage.newBuilder(entry)
                        .setField(entry.findFieldByNumber(1), key)
                        .setField(entry.findFieldByNumber(2), value)
                        .build());
    }

    @Test
    void writesTheBytesOfTheStandard() {
        LoadReport report = new LoadReport(0.5, 0, 2, 100, 0.25, 3, 0);

        assertThat(HexFormat.of().formatHex(OrcaTrailer.encode(report)))
                .isEqualTo("09" + "000000000000e03f" // cpu_utilization = 0.5
                        + "31" + "0000000000005940" // rps_fractional = 100
                        + "39" + "000000000000d03f" // eps = 0.25
                        + "42" + "18" + "0a0d" + HexFormat.of().formatHex("rpc.in_flight".getBytes())
                        + "11" + "0000000000000840" // named_metrics["rpc.in_flight"] = 3
                        + "49" + "0000000000000040"); // application_utilization = 2
    }

    @Test
    void othersReadWhatIsWritten() throws InvalidProtocolBufferException {
        LoadReport report = new LoadReport(0.7, 0.4, 0.9, 118.6, 1.5, 12, 40);

        DynamicMessage read = DynamicMessage.parseFrom(ORCA, OrcaTrailer.encode(report));

        assertThat(read.getUnknownFields().asMap()).isEmpty();
        assertThat(read.getField(field("cpu_utilization"))).isEqualTo(0.7);
        assertThat(read.getField(field("mem_utilization"))).isEqualTo(0.4);
        assertThat(read.getField(field("application_utilization"))).isEqualTo(0.9);
        assertThat(read.getField(field("rps_fractional"))).isEqualTo(118.6);
        assertThat(read.getField(field("eps"))).isEqualTo(1.5);
        DynamicMessage.Builder named = report();
        put(named, "named_metrics", "rpc.in_flight", 12);
        put(named, "named_metrics", "rpc.limit", 40);
        assertThat(read.getField(field("named_metrics"))).isEqualTo(named.getField(field("named_metrics")));
    }

    @Test
    void readsWhatOthersWrite() {
        DynamicMessage.Builder report = report().setField(field("cpu_utilization"), 0.7)
                .setField(field("mem_utilization"), 0.4)
                .setField(field("application_utilization"), 0.9)
                .setField(field("rps"), 7L)
                .setField(field("rps_fractional"), 118.6)
                .setField(field("eps"), 1.5);
        put(report, "request_cost", "db", 3);
        put(report, "utilization", "disk", Double.NaN);
        put(report, "named_metrics", "queue", -5);
        put(report, "named_metrics", "rpc.in_flight", 12);
        put(report, "named_metrics", "rpc.limit", 40);

        assertThat(OrcaTrailer.decode(report.build().toByteArray()))
                .isEqualTo(new LoadReport(0.7, 0.4, 0.9, 118.6, 1.5, 12, 40));
    }

    @Test
    void readsTheDeprecatedRate() {
        assertThat(OrcaTrailer.decode(
                        report().setField(field("rps"), 7L).build().toByteArray()))
                .isEqualTo(new LoadReport(0, 0, 0, 7, 0, 0, 0));
    }

    @Test
    void anEmptyReportSaysNothing() {
        assertThat(OrcaTrailer.decode(new byte[0])).isEqualTo(new LoadReport(0, 0, 0, 0, 0, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.1, 1e9, 101})
    void refusesAbsurdUtilization(double utilization) {
        byte[] bytes =
                report().setField(field("cpu_utilization"), utilization).build().toByteArray();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OrcaTrailer.decode(bytes))
                .withMessage("cpuUtilization: " + utilization + " (expected: 0..100)");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1, 1e300})
    void refusesAbsurdRatesAndMetricsOfOurOwn(double value) {
        for (String rate : new String[] {"rps_fractional", "eps"}) {
            byte[] bytes = report().setField(field(rate), value).build().toByteArray();
            assertThatIllegalArgumentException().isThrownBy(() -> OrcaTrailer.decode(bytes));
        }
        for (String metric : new String[] {"rpc.in_flight", "rpc.limit"}) {
            DynamicMessage.Builder report = report();
            put(report, "named_metrics", metric, value);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> OrcaTrailer.decode(report.build().toByteArray()));
        }
    }

    @Test
    void refusesTenMegabytesUnread() {
        byte[] zeros = new byte[10 * 1024 * 1024];
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OrcaTrailer.decode(zeros))
                .withMessage("10485760 bytes (expected: 8192 at most)");
        DynamicMessage.Builder long8k = report();
        put(long8k, "named_metrics", "x".repeat(8_000), 1);
        OrcaTrailer.decode(long8k.build().toByteArray());
    }

    /** Every outcome but a report or the one exception fails the test. */
    @Test
    void noBytesConfuseIt() {
        Random random = new Random(20);
        byte[] valid = OrcaTrailer.encode(new LoadReport(0.7, 0.4, 0.9, 118.6, 1.5, 12, 40));
        int read = 0;
        int refused = 0;
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes;
            if (round % 2 == 0) {
                bytes = new byte[random.nextInt(64)];
                random.nextBytes(bytes);
            } else {
                bytes = Arrays.copyOf(valid, random.nextInt(valid.length + 1));
                for (int i = 0; i < 1 + round % 3 && bytes.length > 0; i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
            try {
                OrcaTrailer.decode(bytes);
                read++;
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertThat(read).isGreaterThan(1_000);
        assertThat(refused).isGreaterThan(1_000);
    }

    @Test
    void whatWasWrittenIsRead() {
        Random random = new Random(21);
        for (int round = 0; round < 10_000; round++) {
            LoadReport report = new LoadReport(
                    random.nextInt(3) * random.nextDouble(),
                    random.nextDouble(),
                    random.nextInt(2) * random.nextDouble(),
                    random.nextDouble() * 1e9,
                    random.nextInt(2) * random.nextDouble(),
                    random.nextInt(100),
                    random.nextInt(100));
            assertThat(OrcaTrailer.decode(OrcaTrailer.encode(report))).isEqualTo(report);
        }
    }

    /** The message as it stands in xds/data/orca/v3/orca_load_report.proto. */
    private static Descriptor orca() {
        DescriptorProto.Builder message = DescriptorProto.newBuilder()
                .setName("OrcaLoadReport")
                .addField(of("cpu_utilization", 1, Type.TYPE_DOUBLE))
                .addField(of("mem_utilization", 2, Type.TYPE_DOUBLE))
                .addField(of("rps", 3, Type.TYPE_UINT64))
                .addField(of("rps_fractional", 6, Type.TYPE_DOUBLE))
                .addField(of("eps", 7, Type.TYPE_DOUBLE))
                .addField(of("application_utilization", 9, Type.TYPE_DOUBLE));
        Map.of("request_cost", 4, "utilization", 5, "named_metrics", 8).forEach((name, number) -> {
            String entry = "Entry" + number;
            message.addNestedType(DescriptorProto.newBuilder()
                    .setName(entry)
                    .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                    .addField(of("key", 1, Type.TYPE_STRING))
                    .addField(of("value", 2, Type.TYPE_DOUBLE)));
            message.addField(of(name, number, Type.TYPE_MESSAGE)
                    .setLabel(Label.LABEL_REPEATED)
                    .setTypeName(".xds.data.orca.v3.OrcaLoadReport." + entry));
        });
        try {
            return FileDescriptor.buildFrom(
                            FileDescriptorProto.newBuilder()
                                    .setName("orca_load_report.proto")
                                    .setPackage("xds.data.orca.v3")
                                    .setSyntax("proto3")
                                    .addMessageType(message)
                                    .build(),
                            new FileDescriptor[0])
                    .findMessageTypeByName("OrcaLoadReport");
        } catch (com.google.protobuf.Descriptors.DescriptorValidationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static FieldDescriptorProto.Builder of(String name, int number, Type type) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(Label.LABEL_OPTIONAL)
                .setType(type);
    }
}
