package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.deployment.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks that any content of the file of a build's environments is read, or refused with an {@link IOException}. */
public final class DeploymentStoreFuzz {

    private static final Path FILE = temporaryFile();

    private DeploymentStoreFuzz() {}

    private static Path temporaryFile() {
        try {
            Path memory = Path.of("/dev/shm");
            Path folder = Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
            return Files.createTempFile(folder, "fuzz", ".json");
        } catch (IOException x) {
            throw new AssertionError(x);
        }
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Files.write(FILE, data);
        Deployment deployment;
        try {
            deployment = DeploymentJson.read(FILE);
        } catch (IOException x) {
            return;
        }
        deployment.environments().forEach((name, environment) -> {
            if (!name.equals(environment.name())) {
                throw new AssertionError("known by its name: " + name);
            }
        });
    }
}
