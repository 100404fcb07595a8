package io.jenkins.plugins.armory.acceptance.driver;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An archive of the classes that an embedded controller loads (JEP 350). Its start takes a third less of the processor
 * with it.
 */
final class ClassArchive {

    /** The first JVM of the suite writes it for all; the others wait meanwhile. */
    private static final Path FILE = write(JavaProcess.workFolder().resolve("controller.jsa"));

    private ClassArchive() {}

    /** Has the JVM of a controller read the archive, or load as ever where it does not suit. */
    static String javaOption() {
        return "-XX:SharedArchiveFile=" + FILE;
    }

    private static Path write(Path file) {
        try (FileChannel lock = FileChannel.open(Path.of(file + ".lock"), CREATE, WRITE)) {
            lock.lock();
            if (Files.notExists(file)
                    || Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(EmbeddedController.jar()))
                            < 0) {
                Files.deleteIfExists(file);
                record(file);
            }
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        return file;
    }

    /** Runs a controller for a build with an approval, whose JVM writes down at its end what it has loaded. */
    private static void record(Path file) {
        EmbeddedController controller = new EmbeddedController("");
        controller.setJavaOptions(List.of("-XX:ArchiveClassesAtExit=" + file));
        try (controller;
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            Build build = new Jenkins(controller).build(process.approval());
            process.awaitCallback().succeed("yes");
            build.awaitResult("SUCCESS");
            controller.stop();
        }
    }
}
