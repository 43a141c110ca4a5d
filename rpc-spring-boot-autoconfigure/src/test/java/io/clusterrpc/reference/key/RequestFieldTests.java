/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.reference.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import io.clusterrpc.HashKey;
import io.clusterrpc.testproto.Address;
import io.clusterrpc.testproto.Kind;
import io.clusterrpc.testproto.Place;
import io.clusterrpc.testproto.PlaceRequest;
import io.clusterrpc.testproto.ShopGrpc;
import io.clusterrpc.testproto.StatusRequest;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFieldTests {

    private static @Nullable HashKey key(String path, Consumer<PlaceRequest.Builder> values) {
        PlaceRequest.Builder request = PlaceRequest.newBuilder();
        values.accept(request);
        return RequestField.of(ShopGrpc.getPlaceMethod(), path).key(request.build());
    }

    @Test
    void everyKindOfValueIsAKey() {
        assertThat(key("customer_id", request -> request.setCustomerId("c-7"))).isEqualTo(HashKey.of("c-7"));
        assertThat(key("number", request -> request.setNumber(-7))).isEqualTo(HashKey.of("-7"));
        assertThat(key("table", request -> request.setTable(12))).isEqualTo(HashKey.of(12));
        assertThat(key("small", request -> request.setSmall(-1))).isEqualTo(HashKey.of("4294967295"));
        assertThat(key("big", request -> request.setBig(-1))).isEqualTo(HashKey.of("18446744073709551615"));
        assertThat(key("token", request -> request.setToken(ByteString.copyFrom(new byte[] {1, 0}))))
                .isEqualTo(HashKey.of(new byte[] {1, 0}));
        assertThat(key("kind", request -> request.setKind(Kind.KIND_GIFT))).isEqualTo(HashKey.of(2));
        assertThat(key("kind", request -> request.setKindValue(99))).isEqualTo(HashKey.of(99));
        assertThat(key("urgent", request -> request.setUrgent(true))).isEqualTo(HashKey.of("true"));
        assertThat(key("price", request -> request.setPrice(1.5))).isEqualTo(HashKey.of("1.5"));
        assertThat(key("card", request -> request.setCard("visa"))).isEqualTo(HashKey.of("visa"));
    }

    @Test
    void nestedFieldsAreReachedByDots() {
        String path = "address.place.city";
        assertThat(key(
                        path,
                        request -> request.setAddress(
                                Address.newBuilder().setPlace(Place.newBuilder().setCity("Bern")))))
                .isEqualTo(HashKey.of("Bern"));
        assertThat(key(path, request -> {})).isNull();
        assertThat(key(path, request -> request.setAddress(Address.getDefaultInstance())))
                .isNull();
        assertThat(key(path, request -> request.setAddress(Address.newBuilder().setPlace(Place.getDefaultInstance()))))
                .isNull();
    }

    /** proto3 does not tell an empty text or 0 from a field that was not set, unless it is optional. */
    @ParameterizedTest
    @ValueSource(strings = {"customer_id", "number", "small", "token", "kind", "urgent", "price", "table", "card"})
    void whatIsNotSetIsNoKey(String path) {
        assertThat(key(path, request -> {})).isNull();
    }

    @Test
    void whatIsSetToZeroIsAKeyIfTheFieldSaysSo() {
        assertThat(key("table", request -> request.setTable(0))).isEqualTo(HashKey.of(0));
        assertThat(key("invoice", request -> request.setInvoice(0))).isEqualTo(HashKey.of(0));
        assertThat(key("invoice", request -> request.setCard("visa"))).isNull();
        assertThat(key("voucher", request -> request.setVoucher(""))).isNull();
    }

    @Test
    void aRequestOfAnotherTypeHasNoKey() {
        RequestField field = RequestField.of(ShopGrpc.getPlaceMethod(), "customer_id");
        assertThat(field.key(StatusRequest.newBuilder().setOrderId("7").build()))
                .isNull();
        assertThat(field.key("c-7")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "customer | rpctest.PlaceRequest has no field 'customer' (expected: one of customer_id, address, items, notes",
                "customerId | rpctest.PlaceRequest has no field 'customerId'",
                "address.town | rpctest.Address has no field 'town' (expected: one of place)",
                "address | field address of rpctest.PlaceRequest is a message (expected: one of its fields: place)",
                "items | field items of rpctest.PlaceRequest is repeated",
                "notes | field notes of rpctest.PlaceRequest is repeated",
                "others.place.city | field others of rpctest.PlaceRequest is repeated (expected: a message, singular)",
                "customer_id.x | field customer_id of rpctest.PlaceRequest is no message",
                "address. | rpctest.Address has no field ''",
            })
    void pathsThatLeadNowhereSayWhereTheyEnd(String path, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestField.of(ShopGrpc.getPlaceMethod(), path))
                .withMessageStartingWith(message);
    }

    @Test
    void methodsThatStreamTheirRequestsHaveNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestField.of(ShopGrpc.getImportMethod(), "customer_id"))
                .withMessageContaining("rpctest.Shop/Import streams its requests");
    }

    @Test
    void requestsThatAreNoProtobufHaveNone() {
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName("a.B/C")
                .setRequestMarshaller(new Plain())
                .setResponseMarshaller(new Plain())
                .build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestField.of(method, "customer_id"))
                .withMessageContaining("the request of a.B/C has no protobuf descriptor");
    }

    private static final class Plain implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            return new byte[0];
        }
    }
}
