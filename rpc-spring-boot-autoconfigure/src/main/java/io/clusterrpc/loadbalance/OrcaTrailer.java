/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.loadbalance;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Metadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The trailer {@code endpoint-load-metrics-bin}, in which gRPC's and Envoy's servers report their load with a response (gRFC A51). Its
 * value is a protobuf message of type {@code xds.data.orca.v3.OrcaLoadReport}, which is read and written here field by field, because
 * its generated class is part of grpc-xds. Calls under way and their limit have no field in it; they are the named metrics
 * {@code rpc.in_flight} and {@code rpc.limit}. Other named metrics, and costs and utilisations by name, are skipped.
 */
public final class OrcaTrailer {

    /** The trailer, as it is on the wire. */
    public static final Metadata.Key<byte[]> KEY =
            Metadata.Key.of("endpoint-load-metrics-bin", Metadata.BINARY_BYTE_MARSHALLER);

    static final int MOST_BYTES = 8 * 1024;

    private static final int CPU_UTILIZATION = 1;
    private static final int MEM_UTILIZATION = 2;
    private static final int RPS = 3;
    private static final int RPS_FRACTIONAL = 6;
    private static final int EPS = 7;
    private static final int NAMED_METRICS = 8;
    private static final int APPLICATION_UTILIZATION = 9;
    private static final ByteString IN_FLIGHT = ByteString.copyFromUtf8("rpc.in_flight");
    private static final ByteString LIMIT = ByteString.copyFromUtf8("rpc.limit");

    private OrcaTrailer() {}

    /**
     * Writes a report.
     *
     * @param report the report
     * @return the value of the trailer
     */
    public static byte[] encode(LoadReport report) {
        byte[] buffer = new byte[128];
        CodedOutputStream out = CodedOutputStream.newInstance(buffer);
        try {
            write(out, CPU_UTILIZATION, report.cpuUtilization());
            write(out, MEM_UTILIZATION, report.memoryUtilization());
            write(out, RPS_FRACTIONAL, report.qps());
            write(out, EPS, report.eps());
            writeNamed(out, IN_FLIGHT, report.inFlight());
            writeNamed(out, LIMIT, report.limit());
            write(out, APPLICATION_UTILIZATION, report.applicationUtilization());
        } catch (IOException e) {
            throw new UncheckedIOException("The longest report is longer than " + buffer.length + " bytes", e);
        }
        return Arrays.copyOf(buffer, out.getTotalBytesWritten());
    }

    private static void write(CodedOutputStream out, int field, double value) throws IOException {
        if (value != 0) {
            out.writeDouble(field, value);
        }
    }

    private static void writeNamed(CodedOutputStream out, ByteString name, double value) throws IOException {
        if (value != 0) {
            out.writeTag(NAMED_METRICS, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(
                    CodedOutputStream.computeBytesSize(1, name) + CodedOutputStream.computeDoubleSize(2, value));
            out.writeBytes(1, name);
            out.writeDouble(2, value);
        }
    }

    /**
     * Reads a report, of whichever implementation.
     *
     * @param bytes the value of the trailer
     * @return the report
     * @throws IllegalArgumentException if the value is too long, is no such message, or cannot be true
     */
    public static LoadReport decode(byte[] bytes) {
        if (bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException(bytes.length + " bytes (expected: " + MOST_BYTES + " at most)");
        }
        try {
            return new Decoder().read(CodedInputStream.newInstance(bytes));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    bytes.length + " bytes that are no OrcaLoadReport: " + e.getMessage(), e);
        }
    }

    /** The fields as far as they are read. */
    private static final class Decoder {

        private double cpu;
        private double memory;
        private double application;
        private double wholeQps;
        private double qps;
        private double eps;
        private double inFlight;
        private double limit;

        LoadReport read(CodedInputStream in) throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case CPU_UTILIZATION << 3 | WireFormat.WIRETYPE_FIXED64 -> cpu = in.readDouble();
                    case MEM_UTILIZATION << 3 | WireFormat.WIRETYPE_FIXED64 -> memory = in.readDouble();
                    case RPS << 3 | WireFormat.WIRETYPE_VARINT -> wholeQps = in.readUInt64();
                    case RPS_FRACTIONAL << 3 | WireFormat.WIRETYPE_FIXED64 -> qps = in.readDouble();
                    case EPS << 3 | WireFormat.WIRETYPE_FIXED64 -> eps = in.readDouble();
                    case NAMED_METRICS << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> readNamed(in);
                    case APPLICATION_UTILIZATION << 3 | WireFormat.WIRETYPE_FIXED64 -> application = in.readDouble();
                    default -> in.skipField(tag);
                }
            }
            // The older, deprecated field of whole numbers.
            return new LoadReport(cpu, memory, application, qps == 0 ? wholeQps : qps, eps, inFlight, limit);
        }

        private void readNamed(CodedInputStream in) throws IOException {
            int outer = in.pushLimit(in.readRawVarint32());
            ByteString name = ByteString.EMPTY;
            double value = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> name = in.readBytes();
                    case 2 << 3 | WireFormat.WIRETYPE_FIXED64 -> value = in.readDouble();
                    default -> in.skipField(tag);
                }
            }
            in.popLimit(outer);
            if (name.equals(IN_FLIGHT)) {
                inFlight = value;
            } else if (name.equals(LIMIT)) {
                limit = value;
            }
        }
    }
}
