package hudson;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;

/** A file of a node; here, of the controller. */
public final class FilePath {
    private final File file;

    public FilePath(File file) {
        this.file = file;
    }

    public FilePath child(String path) {
        return new FilePath(file.toPath().resolve(path).toFile());
    }

    public boolean exists() throws IOException, InterruptedException {
        return file.exists();
    }

    public InputStream read() throws IOException, InterruptedException {
        return Files.newInputStream(file.toPath());
    }
}
