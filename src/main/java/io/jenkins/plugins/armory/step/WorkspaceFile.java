package io.jenkins.plugins.armory.step;

import hudson.AbortException;
import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.armory.file.DeploymentFile;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import jenkins.MasterToSlaveFileCallable;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A text file in the workspace of a step. The path may stand in a file of the workspace, which a pull request can change, so it must
 * not lead to other files of the node: neither with {@code ..}, nor as an absolute path, nor through a symbolic link.
 */
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
        byte[] bytes;
        try {
            bytes = workspace.act(new Reading(path));
        } catch (AbortException x) {
            throw new AbortException(parameter + ": " + x.getMessage());
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

    /** Reads on the node of the workspace, where links can be followed. */
    private static final class Reading extends MasterToSlaveFileCallable<byte[]> {

        private static final long serialVersionUID = 1L;

        private final String path;

        Reading(String path) {
            this.path = path;
        }

        @Override
        public byte[] invoke(File workspace, VirtualChannel channel) throws IOException {
            Path file = find(workspace.toPath());
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(DeploymentFile.MAX_LENGTH + 1);
                if (bytes.length > DeploymentFile.MAX_LENGTH) {
                    throw new AbortException(path + " is larger than " + DeploymentFile.MAX_LENGTH + " bytes");
                }
                return bytes;
            }
        }

        private Path find(Path workspace) throws IOException {
            Path file;
            try {
                file = workspace.resolve(path).normalize();
            } catch (InvalidPathException x) {
                throw new AbortException(path + " is not the path of a file");
            }
            if (!file.startsWith(workspace.normalize())) {
                throw outside(workspace);
            }
            if (!Files.exists(file)) {
                throw new AbortException("there is no file " + path + " in the workspace; check it out first");
            }
            Path real = file.toRealPath();
            if (!real.startsWith(workspace.toRealPath())) {
                throw outside(workspace);
            }
            if (!Files.isRegularFile(real)) { // reading from a pipe would wait for ever
                throw new AbortException(path + " is not a regular file");
            }
            return real;
        }

        private AbortException outside(Path workspace) {
            return new AbortException(
                    path + " is outside of " + workspace
                            + ", where the step is; files are read in the workspace alone, and links out of it are not followed");
        }
    }
}
