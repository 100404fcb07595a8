package io.jenkins.plugins.armory.step;

import hudson.AbortException;
import hudson.FilePath;
import io.jenkins.plugins.armory.file.DeploymentFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** A text file in the workspace of a step. */
final class WorkspaceFile {

    private WorkspaceFile() {}

    /**
     * Reads a file. Waits for the agent.
     *
     * @param parameter the parameter of the step that has the path
     * @throws AbortException naming the parameter and the mistake
     */
    static String read(StepContext context, String parameter, String path) throws IOException, InterruptedException {
        FilePath workspace = context.get(FilePath.class);
        if (workspace == null) {
            throw new AbortException(
                    parameter + ": " + path + " is a file in the workspace, and there is none here; put the"
                            + " step into a node block, or give the stage an agent");
        }
        FilePath file = workspace.child(path);
        if (!file.exists()) {
            throw new AbortException(
                    parameter + ": there is no file " + path + " in the workspace; check it out first");
        }
        byte[] bytes;
        try (InputStream in = file.read()) {
            bytes = in.readNBytes(DeploymentFile.MAX_LENGTH + 1);
        }
        if (bytes.length > DeploymentFile.MAX_LENGTH) {
            throw new AbortException(
                    parameter + ": " + path + " is larger than " + DeploymentFile.MAX_LENGTH + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException x) {
            throw new AbortException(parameter + ": " + path + " is not in UTF-8");
        }
    }
}
