/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.clusterrpc.discovery.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.clusterrpc.ServiceInstance;
import io.clusterrpc.Subscription;
import io.clusterrpc.discovery.DiscoveryBackend;
import io.clusterrpc.discovery.DiscoveryBackendContractTests;
import io.clusterrpc.discovery.DiscoveryConfigurationException;
import io.clusterrpc.discovery.DiscoveryException;
import io.clusterrpc.discovery.store.InstanceRecord;
import io.clusterrpc.discovery.store.RecordFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class LocalDiscoveryTests extends DiscoveryBackendContractTests {

    private static final Surroundings PLAIN = new Surroundings(false);

    /** Of this test alone, so that its threads can be told from those that others left to end. */
    private final String namespace = "t" + UUID.randomUUID().toString().substring(0, 8);

    @TempDir
    private Path directory;

    boolean unixSockets() {
        return true;
    }

    Path directory() {
        return directory;
    }

    Path meetingPoint() {
        return directory().resolve(namespace);
    }

    @Override
    protected DiscoveryBackend open() {
        return new LocalDiscovery(directory(), namespace, PLAIN, unixSockets());
    }

    @Override
    protected void crash(DiscoveryBackend backend) {
        ((LocalDiscovery) backend).abandon();
    }

    /** Opens the directory to others, which is refused; in one step, so that nobody sees something in between. */
    @Override
    protected void breakRegistry() {
        permissions("rwxr-xr-x");
    }

    @Override
    protected void repairRegistry() {
        permissions("rwx------");
    }

    private void permissions(String permissions) {
        try {
            Files.setPosixFilePermissions(meetingPoint(), PosixFilePermissions.fromString(permissions));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    protected Subscription vanish(DiscoveryBackend owner, ServiceInstance instance) {
        Subscription frozen = freeze(owner);
        try {
            for (Path file : files(".reg")) {
                if (InstanceRecord.read(RecordFile.read(file), "").equals(instance)) {
                    Files.delete(file);
                }
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return frozen;
    }

    /** Keeps the one thread of a backend busy. */
    private Subscription freeze(DiscoveryBackend backend) {
        CountDownLatch frozen = new CountDownLatch(1);
        CountDownLatch thawed = new CountDownLatch(1);
        Subscription watch = backend.watch("frozen", new Seen() {
            @Override
            public void onInstances(Collection<ServiceInstance> instances, Set<String> left) {
                frozen.countDown();
                try {
                    thawed.await();
                } catch (InterruptedException ex) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        eventually().until(() -> frozen.getCount() == 0);
        return () -> {
            watch.close();
            thawed.countDown();
        };
    }

    private List<Path> files(String suffix) {
        if (!Files.isDirectory(meetingPoint())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(meetingPoint())) {
            return files.filter(file -> file.toString().endsWith(suffix)).toList();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private Seen watch() {
        Seen seen = new Seen();
        opened().watch(service, seen);
        return seen;
    }

    private void register(String id) {
        register(opened(), id);
    }

    private void register(DiscoveryBackend backend, String id) {
        DiscoveryBackend.Registration registration =
                backend.register(instance(id).build());
        eventually().until(registration::registered);
    }

    @Test
    void advertisesLoopback() {
        assertThat(opened().loopbackOnly()).isTrue();
    }

    @Test
    void nothingIsWrittenAndNoThreadRunsBeforeFirstUse() {
        opened();
        assertThat(directory()).isEmptyDirectory();
        assertThat(threads()).isEmpty();
    }

    @Test
    void leavesNoFileAndNoThreadBehind() {
        DiscoveryBackend backend = opened();
        register(backend, "a");
        DiscoveryBackend other = opened();
        other.watch(service, new Seen());
        eventually().until(() -> files(".hub").size() == 2);
        assertThat(threads()).hasSize(2).allMatch(Thread::isDaemon);
        backend.close();
        eventually().until(() -> files(".hub").size() == 1);
        assertThat(files(".reg")).isEmpty();
        other.close();
        assertThat(directory()).isEmptyDirectory();
        assertThat(threads()).isEmpty();
    }

    private List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("rpc-local-" + namespace))
                .toList();
    }

    @Test
    void crashIsReportedAsLeavingAndCleanedUp() {
        Seen seen = watch();
        LocalDiscovery victim = (LocalDiscovery) opened();
        register(victim, "a");
        eventually().until(() -> seen.ids().equals(List.of("a")));
        victim.abandon();
        eventually().until(() -> seen.left.contains("a"));
        eventually().until(() -> files(".hub").size() == 1);
        assertThat(files(".reg")).isEmpty();
    }

    @Test
    void filesOfProcessesThatDiedUnseenAreCleanedUp() {
        LocalDiscovery victim = (LocalDiscovery) opened();
        register(victim, "a");
        victim.abandon();
        assertThat(files(".reg")).hasSize(1);
        Seen seen = watch();
        eventually().until(() -> seen.told());
        assertThat(seen.ids()).isEmpty();
        eventually().until(() -> files(".hub").size() == 1 && files(".reg").isEmpty());
    }

    /** Without this everything still works, but a second late. */
    @Test
    void changesAreAnnouncedToWhoeverIsConnected() throws IOException {
        DiscoveryBackend provider = opened();
        register(provider, "a");
        try (SocketChannel channel =
                Presence.endpoint(files(".hub").get(0)).connect().channel()) {
            eventually().until(() -> read(channel).startsWith("rpc-local 1 "));
            DiscoveryBackend.Registration registration =
                    provider.register(instance("b").build());
            eventually().until(() -> read(channel).equals("changed\n"));
            registration.update(registration(registration).toBuilder().weight(1).build());
            eventually().until(() -> read(channel).equals("changed\n"));
            registration.close();
            eventually().until(() -> read(channel).equals("changed\n"));
        }
    }

    private static ServiceInstance registration(DiscoveryBackend.Registration registration) {
        return ((OwnRegistration) registration).instance();
    }

    private static String read(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        channel.read(buffer);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    @Test
    void namespacesAreApart() {
        Seen seen = watch();
        LocalDiscovery stranger = new LocalDiscovery(directory(), "other", PLAIN, unixSockets());
        try (stranger) {
            register(stranger, "x");
            register("a");
            eventually().until(() -> seen.ids().equals(List.of("a")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "..", ".x", "a b", "\u00e4"})
    void malformedNamespaceIsRefused(String namespace) {
        assertThatExceptionOfType(DiscoveryConfigurationException.class)
                .isThrownBy(() -> new LocalDiscovery(directory(), namespace))
                .withMessageStartingWith("rpc.discovery.local.namespace: '" + namespace + "' is no namespace");
    }

    @Test
    void unsafeDirectoryIsRefused() throws IOException {
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThatExceptionOfType(DiscoveryConfigurationException.class)
                .isThrownBy(() -> new LocalDiscovery(directory(), "x"))
                .withMessageStartingWith("rpc.discovery.local.directory: " + directory() + " is open to others")
                .satisfies(ex -> assertThat(ex.remedy()).contains("rpc.discovery.backends"));
    }

    @Test
    void directoryDeletedUnderneathComesBackAndNobodyIsTakenForDead() throws IOException {
        Seen seen = watch();
        register("a");
        eventually().until(() -> seen.ids().equals(List.of("a")));
        for (Path file : files("")) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(meetingPoint());
        register("b");
        eventually().until(() -> seen.ids().equals(List.of("a", "b")));
        assertThat(seen.left).isEmpty();
        Seen later = watch();
        eventually().until(() -> later.ids().equals(List.of("a", "b")));
    }

    @Test
    void whileTheDirectoryIsUnusableOwnInstancesAreFoundAndTheReasonIsToldOnce(CapturedOutput output) {
        DiscoveryBackend backend = opened();
        register(backend, "a");
        Seen seen = new Seen();
        backend.watch(service, seen);
        eventually().until(() -> seen.ids().equals(List.of("a")));
        breakRegistry();
        try {
            DiscoveryBackend.Registration late = backend.register(instance("b").build());
            eventually().until(() -> seen.ids().equals(List.of("a", "b")));
            eventually().until(() -> seen.problems.size() > 1);
            assertThat(late.registered()).isFalse();
            assertThat(seen.problems.get(0)).contains("rpc.discovery.local.directory");
        } finally {
            repairRegistry();
        }
        eventually().until(() -> files(".reg").size() == 2);
        assertThat(output.getAll().split("local discovery cannot use", -1)).hasSize(2);
    }

    @Test
    void malformedRegistrationIsOneWarningUntilItChanges(CapturedOutput output) throws IOException {
        Seen seen = watch();
        DiscoveryBackend provider = opened();
        register(provider, "a");
        eventually().until(() -> seen.ids().equals(List.of("a")));
        Path good = files(".reg").get(0);
        Path bad = Path.of(good.toString().replace("-1.reg", "-99.reg"));
        Map<String, String> entries = RecordFile.read(good);
        Files.writeString(bad, "id=half\nserv");
        register(provider, "b");
        eventually().until(() -> seen.ids().equals(List.of("a", "b")));
        register(provider, "c");
        eventually().until(() -> seen.ids().equals(List.of("a", "b", "c")));
        // Once by each of the two that look, though both looked again.
        assertThat(output.getAll().split("Ignoring the registration " + bad, -1))
                .hasSizeLessThanOrEqualTo(3);
        Map<String, String> repaired = new HashMap<>(entries);
        repaired.put("id", "d");
        RecordFile.write(bad, repaired);
        eventually().until(() -> seen.ids().equals(List.of("a", "b", "c", "d")));
    }

    @Test
    void registrationThatBecomesMalformedKeepsItsLastGoodVersion(CapturedOutput output) throws IOException {
        Seen seen = watch();
        register("a");
        eventually().until(() -> seen.ids().equals(List.of("a")));
        Files.writeString(files(".reg").get(0), "weight=-1");
        register("b");
        eventually().until(() -> seen.ids().equals(List.of("a", "b")));
        assertThat(seen.left).isEmpty();
        assertThat(output).contains("Ignoring the registration");
    }

    @Test
    void newerSchemaIsReadAndUnknownKeysIgnored() throws IOException {
        Seen seen = watch();
        DiscoveryBackend provider = opened();
        register(provider, "a");
        Path file = files(".reg").get(0);
        Map<String, String> entries = new HashMap<>(RecordFile.read(file));
        entries.put("id", "z");
        entries.put("schema", "42");
        entries.put("colour", "blue");
        RecordFile.write(Path.of(file.toString().replace("-1.reg", "-2000.reg")), entries);
        register(provider, "b");
        eventually().until(() -> seen.ids().equals(List.of("a", "b", "z")));
    }

    @Test
    void strangeFilesDisturbNobody() throws IOException {
        Seen seen = watch();
        register("a");
        eventually().until(() -> seen.ids().equals(List.of("a")));
        Files.writeString(meetingPoint().resolve("x.hub"), "garbage");
        Files.writeString(meetingPoint().resolve("1_x.hub"), "");
        Files.writeString(meetingPoint().resolve("9_x-1.reg"), "garbage");
        Files.writeString(meetingPoint().resolve("-.reg"), "garbage");
        Files.writeString(meetingPoint().resolve("readme.txt"), "hello");
        Files.createDirectory(meetingPoint().resolve("sub.reg"));
        register("b");
        eventually().until(() -> seen.ids().equals(List.of("a", "b")));
        assertThat(meetingPoint().resolve("readme.txt")).exists();
    }

    @Test
    void oldLeftoversAreSwept() throws IOException {
        Files.createDirectory(
                meetingPoint(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path young = Files.createFile(meetingPoint().resolve("1_young.s"));
        for (String name : List.of("1_a.s", "1_a-1.reg", "1_a-2.gone", ".1_a.hub.7-1.tmp")) {
            Path file = Files.createFile(meetingPoint().resolve(name));
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(120)));
        }
        Seen seen = watch();
        eventually().until(seen::told);
        eventually().until(() -> files("").size() <= 3);
        assertThat(young).exists();
    }

    @Test
    void idAndServiceOfARegistrationStay() {
        DiscoveryBackend.Registration registration =
                opened().register(instance("a").build());
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> registration.update(instance("b").build()))
                .withMessageContaining("orders/b (expected: orders/a");
    }

    @Test
    void nothingIsRegisteredAfterClose() {
        DiscoveryBackend backend = opened();
        backend.close();
        assertThatExceptionOfType(DiscoveryException.class)
                .isThrownBy(() -> backend.register(instance("a").build()));
    }

    @Test
    void warnsInAContainer(CapturedOutput output) {
        new LocalDiscovery(directory(), "x", new Surroundings(true), true).close();
        assertThat(output).contains("runs in a container").contains("rpc.discovery.backends");
    }

    /** What a watch was told. */
    static class Seen implements DiscoveryBackend.Listener {

        final Set<String> left = java.util.concurrent.ConcurrentHashMap.newKeySet();
        final List<String> problems = new CopyOnWriteArrayList<>();
        private volatile List<String> ids = List.of();
        private volatile boolean told;

        @Override
        public void onInstances(Collection<ServiceInstance> instances, Set<String> gone) {
            left.addAll(gone);
            ids = instances.stream().map(ServiceInstance::id).sorted().toList();
            told = true;
        }

        @Override
        public void onError(DiscoveryException problem) {
            problems.add(problem.getMessage());
        }

        List<String> ids() {
            return ids;
        }

        boolean told() {
            return told;
        }
    }
}
