package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.deployment.Deployment;
import io.jenkins.plugins.armory.storage.disk.ChecksumLine;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import java.io.IOException;

/** Checks that any content of the file of a build's environments is read, or refused with an {@link IOException}. */
public final class DeploymentStoreFuzz {

    private DeploymentStoreFuzz() {}

    /** Called by Jazzer. The input gets its checksum here. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Deployment deployment;
        try {
            deployment = StoredJson.readFile("file", ChecksumLine.of(data), Deployment.class);
        } catch (IOException x) {
            return;
        }
        if (!deployment.equals(StoredJson.readFile("file", StoredJson.file(deployment), Deployment.class))) {
            throw new AssertionError("it can be written and read again");
        }
    }
}
