package io.jenkins.plugins.armory.part.protect;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Run;
import java.io.IOException;
import java.io.InputStream;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;

/** A secret file. */
final class ClosedFile extends ClosedCredentials<FileCredentials> implements FileCredentials {

    private static final long serialVersionUID = 1L;

    private ClosedFile(String id, @CheckForNull Run<?, ?> run) {
        super(id, run);
    }

    @Override
    public String getFileName() {
        return shown().map(FileCredentials::getFileName).orElse(getId());
    }

    @Override
    public InputStream getContent() throws IOException {
        return opened().getContent();
    }

    @Extension
    public static final class Kind extends CredentialKind {
        public Kind() {
            super(FileCredentials.class, ClosedFile::new);
        }
    }
}
