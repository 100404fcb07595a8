package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.ExtensionList;
import hudson.model.Item;
import hudson.model.Job;
import hudson.security.ACL;
import io.jenkins.plugins.armory.builds.JobIds;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings({"rawtypes", "unchecked"})
class JobIdsTest {

    private static final class OneJob extends Jenkins {
        private Renamed job;

        OneJob(File root) {
            super(root, null);
        }

        @Override
        public <T extends Item> T getItemByFullName(String fullName, Class<T> type) {
            return job.getFullName().equals(fullName) ? type.cast(job) : null;
        }

        @Override
        public <T> ExtensionList<T> getExtensionList(Class<T> extensionType) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isQuietingDown() {
            return false;
        }

        @Override
        public boolean isTerminating() {
            return false;
        }

        @Override
        public List<Item> getItems() {
            return List.of((Item) job);
        }

        @Override
        public ACL getACL() {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Renamed extends Job {
        private File folder;
        private String fullName = "before";
        private Runnable whenNamed = () -> {};

        Renamed(OneJob jenkins, File folder) {
            super(jenkins, "job");
            this.folder = folder;
        }

        @Override
        public String getFullName() {
            String now = fullName;
            Runnable once = whenNamed;
            whenNamed = () -> {};
            once.run();
            return now;
        }

        @Override
        public File getRootDir() {
            return folder;
        }

        @Override
        public File getBuildDir() {
            return folder;
        }

        @Override
        public hudson.model.Run getBuildByNumber(int n) {
            return null;
        }

        @Override
        public String getUrl() {
            return "job/";
        }

        @Override
        public ACL getACL() {
            throw new UnsupportedOperationException();
        }
    }

    /** A step asks for the id, and the job is renamed while the step waits for another one to read it. */
    @Test
    void aJobThatIsRenamedMeanwhileKeepsItsId(@TempDir Path folder) throws IOException {
        OneJob jenkins = new OneJob(folder.toFile());
        Renamed job = new Renamed(jenkins, folder.toFile());
        jenkins.job = job;
        JobIds ids = new JobIds();
        String id = ids.of(job);
        job.whenNamed = () -> {
            job.fullName = "after";
            ids.note(job);
        };

        assertThat(ids.of(job)).isEqualTo(id);
        assertThat(ids.of(job)).isEqualTo(id);
        assertThat(ids.nameOf(id)).isEqualTo("after");
    }

    /** Jenkins gives it the new name first. */
    @Test
    void aJobKeepsItsIdWhileItsFolderIsMoved(@TempDir Path home) throws IOException {
        Path before = Files.createDirectory(home.resolve("before"));
        Path after = home.resolve("after");
        OneJob jenkins = new OneJob(home.toFile());
        Renamed job = new Renamed(jenkins, before.toFile());
        jenkins.job = job;
        JobIds ids = new JobIds();
        String id = ids.of(job);
        job.fullName = "after";
        job.folder = after.toFile();

        assertThatThrownBy(() -> ids.of(job)).isInstanceOf(IOException.class).hasMessageContaining("being moved");

        Files.move(before, after);
        assertThat(ids.of(job)).isEqualTo(id);
    }
}
