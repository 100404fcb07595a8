package hudson;

import hudson.remoting.Future;
import hudson.remoting.VirtualChannel;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.util.concurrent.CompletableFuture;

/** A file of a node; here, of the controller. */
public final class FilePath {

    /** What is done with a file on its node. */
    public interface FileCallable<T> extends Serializable {
        T invoke(File file, VirtualChannel channel) throws IOException, InterruptedException;
    }

    private final File file;

    public FilePath(File file) {
        this.file = file;
    }

    public <T> Future<T> actAsync(FileCallable<T> callable) throws IOException, InterruptedException {
        var done = new Done<T>();
        try {
            done.complete(callable.invoke(file, null));
        } catch (IOException | RuntimeException x) {
            done.completeExceptionally(x);
        }
        return done;
    }

    private static final class Done<T> extends CompletableFuture<T> implements Future<T> {}
}
