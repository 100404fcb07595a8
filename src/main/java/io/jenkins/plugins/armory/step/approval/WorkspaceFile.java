package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.armory.bounds.Bound;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jenkins.MasterToSlaveFileCallable;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A text file in the workspace of a step. The path may stand in a file of the workspace, which a pull request can change, so it must
 * not lead to other files of the node: neither with {@code ..}, nor as an absolute path, nor through a symbolic link. The directory of
 * a {@code dir} block may be such a link too.
 */
@Restricted(NoExternalUse.class)
public final class WorkspaceFile {

    /** The longest time that an agent may take for a file. */
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private WorkspaceFile() {}

    /**
     * Reads a file. Waits for the agent, but not for long.
     *
     * @param parameter the parameter of the step that has the path
     * @throws AbortException naming the parameter and the mistake
     */
    public static String read(StepContext context, String parameter, String path)
            throws IOException, InterruptedException {
        FilePath directory = context.get(FilePath.class);
        if (directory == null) {
            throw new AbortException(
                    parameter + ": " + path + " is a file in the workspace, and there is none here; put the"
                            + " step into a node block, or give the stage an agent");
        }
        EnvVars variables = context.get(EnvVars.class);
        byte[] bytes = read(
                directory.actAsync(new Reading(path, variables == null ? null : variables.get("WORKSPACE"))),
                parameter,
                path);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException x) {
            throw new AbortException(parameter + ": " + path + " is not in UTF-8");
        }
    }

    private static byte[] read(Future<byte[]> reading, String parameter, String path)
            throws IOException, InterruptedException {
        try {
            return reading.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException x) {
            if (x.getCause() instanceof AbortException known) {
                throw new AbortException(parameter + ": " + known.getMessage());
            }
            throw new IOException(parameter + ": " + path + " cannot be read: " + x.getCause(), x);
        } catch (TimeoutException x) {
            throw new AbortException(parameter + ": " + path + " was not read within " + LIMIT.toSeconds()
                    + " seconds; check the agent, its connection and its disk");
        } finally {
            reading.cancel(true);
        }
    }

    /** Reads on the node of the workspace, where links can be followed. */
    private static final class Reading extends MasterToSlaveFileCallable<byte[]> {

        private static final long serialVersionUID = 1L;

        private final String path;

        @CheckForNull
        private final String workspace;

        /** @param workspace the workspace of the node block, which the directory of the step may be below */
        Reading(String path, @CheckForNull String workspace) {
            this.path = path;
            this.workspace = workspace;
        }

        @Override
        public byte[] invoke(File directory, VirtualChannel channel) throws IOException {
            Path file = find(directory.toPath());
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(Bound.TEMPLATE.most() + 1);
                if (bytes.length > Bound.TEMPLATE.most()) {
                    throw new AbortException(path + " is larger than " + Bound.TEMPLATE.most() + " bytes");
                }
                return bytes;
            }
        }

        private Path find(Path directory) throws IOException {
            Path file;
            try {
                file = directory.resolve(path).normalize();
            } catch (InvalidPathException x) {
                throw new AbortException(path + " is not the path of a file");
            }
            if (!file.startsWith(directory.normalize())) {
                throw outside(directory);
            }
            if (!Files.exists(file)) {
                throw new AbortException("there is no file " + path + " in the workspace; check it out first");
            }
            Path real = file.toRealPath();
            for (Path each : List.of(directory, root(directory))) {
                if (!real.startsWith(each.toRealPath())) {
                    throw outside(each);
                }
            }
            if (!Files.isRegularFile(real)) { // reading from a pipe would wait for ever
                throw new AbortException(path + " is not a regular file");
            }
            return real;
        }

        /** Returns the workspace, or the directory itself if the Pipeline has named one elsewhere. */
        private Path root(Path directory) {
            if (workspace == null) {
                return directory;
            }
            Path root = Path.of(workspace).normalize();
            return directory.normalize().startsWith(root) ? root : directory;
        }

        private AbortException outside(Path directory) {
            return new AbortException(
                    path + " is outside of " + directory
                            + ", where the step is; files are read in the workspace alone, and links out of it are not followed");
        }
    }
}
