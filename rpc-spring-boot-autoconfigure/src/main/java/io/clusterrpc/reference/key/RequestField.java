/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference.key;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import io.clusterrpc.HashKey;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The field of a method's request that is the hash key of its calls. Looked up by name once, then read by its descriptor. Immutable. */
public final class RequestField {

    private final Descriptor request;
    private final List<FieldDescriptor> around;
    private final FieldDescriptor field;

    private RequestField(Descriptor request, List<FieldDescriptor> around, FieldDescriptor field) {
        this.request = request;
        this.around = around;
        this.field = field;
    }

    /**
     * Looks a field up.
     *
     * @param method the method
     * @param path names of fields as in the proto file, with dots between them
     * @return the field
     * @throws IllegalArgumentException if calls of the method cannot have such a key; the message says why
     */
    public static RequestField of(MethodDescriptor<?, ?> method, String path) {
        if (!method.getType().clientSendsOneMessage()) {
            throw new IllegalArgumentException(method.getFullMethodName()
                    + " streams its requests, and where it goes is decided before the first one is there");
        }
        Object prototype = method.getRequestMarshaller() instanceof PrototypeMarshaller<?> marshaller
                ? marshaller.getMessagePrototype()
                : null;
        if (!(prototype instanceof Message message)) {
            throw new IllegalArgumentException("the request of " + method.getFullMethodName()
                    + " has no protobuf descriptor (lite classes have none, nor have formats other than protobuf)");
        }
        return of(message.getDescriptorForType(), List.of(path.split("\\.", -1)));
    }

    private static RequestField of(Descriptor request, List<String> names) {
        List<FieldDescriptor> around = new ArrayList<>();
        Descriptor type = request;
        for (String name : names.subList(0, names.size() - 1)) {
            FieldDescriptor field = find(type, name);
            if (field.isRepeated() || field.getJavaType() != JavaType.MESSAGE) {
                throw new IllegalArgumentException("field " + name + " of " + type.getFullName() + " is "
                        + (field.isRepeated() ? "repeated" : "no message") + " (expected: a message, singular)");
            }
            around.add(field);
            type = field.getMessageType();
        }
        FieldDescriptor field = find(type, names.get(names.size() - 1));
        if (field.isRepeated()) {
            throw new IllegalArgumentException("field " + field.getName() + " of " + type.getFullName()
                    + " is repeated (expected: a singular number, string, enum or bytes)");
        }
        if (field.getJavaType() == JavaType.MESSAGE) {
            throw new IllegalArgumentException("field " + field.getName() + " of " + type.getFullName()
                    + " is a message (expected: one of its fields: " + fields(field.getMessageType()) + ")");
        }
        return new RequestField(request, List.copyOf(around), field);
    }

    private static FieldDescriptor find(Descriptor type, String name) {
        FieldDescriptor field = type.findFieldByName(name);
        if (field == null) {
            throw new IllegalArgumentException(
                    type.getFullName() + " has no field '" + name + "' (expected: one of " + fields(type) + ")");
        }
        return field;
    }

    private static String fields(Descriptor type) {
        return type.getFields().stream().map(FieldDescriptor::getName).collect(Collectors.joining(", "));
    }

    /**
     * The key of a call.
     *
     * @param request its request
     * @return {@code null} if the field is not set: it is missing, or without presence and has its default value, or empty
     */
    @Nullable
    HashKey key(Object request) {
        if (!(request instanceof Message message) || message.getDescriptorForType() != this.request) {
            return null;
        }
        for (FieldDescriptor outer : around) {
            if (!message.hasField(outer)) {
                return null;
            }
            message = (Message) message.getField(outer);
        }
        return message.hasField(field) ? key(message.getField(field), field.getType()) : null;
    }

    /** Numbers are the same key as their text, as other languages print them. */
    private static @Nullable HashKey key(Object value, FieldDescriptor.Type type) {
        return switch (type) {
            case STRING -> ((String) value).isEmpty() ? null : HashKey.of((String) value);
            case BYTES -> ((ByteString) value).isEmpty() ? null : HashKey.of(((ByteString) value).toByteArray());
            case ENUM -> HashKey.of(((EnumValueDescriptor) value).getNumber());
            case UINT32, FIXED32 -> HashKey.of(Integer.toUnsignedLong((Integer) value));
            case UINT64, FIXED64 -> HashKey.of(Long.toUnsignedString((Long) value));
            default -> HashKey.of(value.toString());
        };
    }
}
