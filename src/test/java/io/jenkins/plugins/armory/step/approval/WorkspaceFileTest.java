package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import io.jenkins.plugins.armory.step.HeldContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a step in a {@code dir} block. The acceptance test {@code WorkspaceFilesTest} has those of a step in the workspace itself. */
class WorkspaceFileTest {

    @TempDir
    private Path node;

    private Path workspace;

    @BeforeEach
    void create() throws IOException {
        workspace = Files.createDirectories(node.resolve("workspace"));
        Files.writeString(Files.createDirectory(node.resolve("another")).resolve("deploy.yml"), "another");
        Files.writeString(Files.createDirectory(workspace.resolve("config")).resolve("deploy.yml"), "own");
    }

    private String read(Path directory, String path) throws IOException, InterruptedException {
        var variables = new EnvVars();
        variables.put("WORKSPACE", workspace.toString());
        var context =
                new HeldContext(Map.of(FilePath.class, new FilePath(directory.toFile()), EnvVars.class, variables));
        return WorkspaceFile.read(context, "configFile", path);
    }

    @Test
    void fileOfADirectoryInTheWorkspaceIsRead() throws Exception {
        assertThat(read(workspace, "config/deploy.yml")).isEqualTo("own");
        assertThat(read(workspace.resolve("config"), "deploy.yml")).isEqualTo("own");
    }

    /** Such as one that a pull request has put in the place of a directory. */
    @Test
    void directoryThatIsALinkOutOfTheWorkspaceIsNotFollowed() throws IOException {
        Path link = Files.createSymbolicLink(workspace.resolve("link"), node.resolve("another"));
        Path above = Files.createSymbolicLink(workspace.resolve("above"), node);

        assertThatThrownBy(() -> read(link, "deploy.yml"))
                .isInstanceOf(AbortException.class)
                .hasMessage("configFile: deploy.yml is outside of " + workspace
                        + ", where the step is; files are read in the"
                        + " workspace alone, and links out of it are not followed");
        assertThatThrownBy(() -> read(above.resolve("another"), "deploy.yml")).hasMessageContaining("is outside of");
        assertThatThrownBy(() -> read(above, "another/deploy.yml")).hasMessageContaining("is outside of");
    }

    @Test
    void directoryThatIsALinkInsideOfTheWorkspaceIsFollowed() throws Exception {
        Path link = Files.createSymbolicLink(workspace.resolve("link"), workspace.resolve("config"));

        assertThat(read(link, "deploy.yml")).isEqualTo("own");
    }

    /** The path of the workspace itself may lead through links, which are those of an administrator. */
    @Test
    void workspaceBehindALinkIsFollowed() throws Exception {
        workspace = Files.createSymbolicLink(node.resolve("mounted"), workspace);

        assertThat(read(workspace.resolve("config"), "deploy.yml")).isEqualTo("own");
    }

    /** The Pipeline has named it, and not a file of the workspace. */
    @Test
    void directoryElsewhereIsTheRootOfItsFiles() throws Exception {
        Path link = Files.createSymbolicLink(node.resolve("another").resolve("link"), workspace.resolve("config"));

        assertThat(read(node.resolve("another"), "deploy.yml")).isEqualTo("another");
        assertThatThrownBy(() -> read(node.resolve("another"), "link/deploy.yml"))
                .hasMessageContaining("is outside of " + node.resolve("another"));
        assertThat(read(link, "deploy.yml")).isEqualTo("own");
    }
}
