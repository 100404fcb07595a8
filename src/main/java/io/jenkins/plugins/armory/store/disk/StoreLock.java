package io.jenkins.plugins.armory.store.disk;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The lock on the folder of the approvals, which one controller has at a time. The operating system releases it when
 * the process ends, in whatever way.
 */
@Restricted(NoExternalUse.class)
public final class StoreLock implements Closeable {

    private static final Logger LOGGER = Logger.getLogger(StoreLock.class.getName());
    private static final String FILE = "lock";

    /** The channel that holds the lock, {@code null} on a file system without locks. */
    @CheckForNull
    private final FileChannel channel;

    private StoreLock(@CheckForNull FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock on a folder, which is created if it is missing. On a file system without locks, logs a warning and
     * goes on.
     *
     * @throws StoreInUseException if another controller has the lock
     * @throws IOException if the folder cannot be created
     */
    public static StoreLock take(Path folder) throws IOException {
        Disk.createFolder(folder);
        Path file = folder.resolve(FILE);
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return new StoreLock(channel);
            }
        } catch (OverlappingFileLockException x) {
            LOGGER.log(Level.FINE, "Another object of this process has the lock", x);
        } catch (IOException x) {
            LOGGER.log(
                    Level.WARNING,
                    "Cannot lock {0}: {1}. Make sure that no other Jenkins uses the same JENKINS_HOME.",
                    new Object[] {file, x});
            close(channel);
            return new StoreLock(null);
        }
        close(channel);
        throw new StoreInUseException(file);
    }

    private static void close(@CheckForNull FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException x) {
                LOGGER.log(Level.FINE, "Cannot close the lock", x);
            }
        }
    }

    @Override
    public void close() {
        close(channel);
    }
}
