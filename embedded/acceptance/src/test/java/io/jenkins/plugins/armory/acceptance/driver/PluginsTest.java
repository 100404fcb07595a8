package io.jenkins.plugins.armory.acceptance.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsTest {

    @TempDir
    private Path folder;

    private void add(String file, String shortName, String dependencies) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Short-Name", shortName);
        if (dependencies != null) {
            attributes.putValue("Plugin-Dependencies", dependencies);
        }
        new JarOutputStream(Files.newOutputStream(folder.resolve(file)), manifest).close();
    }

    @Test
    void areKnownByTheirShortNamesWhateverTheirFilesAreCalled() throws IOException {
        add("workflow-cps.jpi", "workflow-cps", null);
        add("structs-362.hpi", "structs", null);
        Files.createFile(folder.resolve("workflow-cps.jpi.pinned"));
        Plugins plugins = Plugins.in(folder);
        assertThat(plugins.file("workflow-cps")).isEqualTo(folder.resolve("workflow-cps.jpi"));
        assertThat(plugins.file("structs")).isEqualTo(folder.resolve("structs-362.hpi"));
        assertThat(plugins.has("dark-theme")).isFalse();
        assertThatThrownBy(() -> plugins.file("dark-theme")).hasMessage("There is no plugin dark-theme in " + folder);
    }

    @Test
    void areWithoutThisBuilds() throws IOException {
        add("armory-webhook-approval.jpi", "armory-webhook-approval", "structs:362");
        assertThat(Plugins.in(folder).files()).isEmpty();
    }

    @Test
    void areLeanWithoutWhatNoPipelineNeeds() throws IOException {
        for (String needed : Plugins.NEEDED) {
            add(
                    needed + ".jpi",
                    needed,
                    needed.equals("workflow-cps") ? "scm-api:728,ssh-agent:1;resolution:=optional" : null);
        }
        add("scm-api.jpi", "scm-api", null);
        add("ssh-agent.jpi", "ssh-agent", null);
        Plugins lean = Plugins.in(folder).lean();
        assertThat(lean.files()).hasSize(Plugins.NEEDED.size() + 1);
        assertThat(lean.has("scm-api")).isTrue();
        assertThat(lean.has("ssh-agent")).isFalse();
    }
}
