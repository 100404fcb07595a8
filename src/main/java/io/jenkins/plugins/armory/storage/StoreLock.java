package io.jenkins.plugins.armory.storage;

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
 * The right to use the folder of the approvals, which one controller has at a time. The operating system takes it back when the
 * process ends, however that ends.
 */
@Restricted(NoExternalUse.class)
public final class StoreLock implements Closeable {

    private static final Logger LOGGER = Logger.getLogger(StoreLock.class.getName());
    private static final String FILE = "lock";

    /** Holds the lock, {@code null} on a file system without locks. */
    @CheckForNull
    private final FileChannel channel;

    private StoreLock(@CheckForNull FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock on a folder, which is made if it is not there. On a file system without locks it warns and goes on.
     *
     * @throws StoreInUseException when another controller has it
     * @throws IOException when the folder cannot be made
     */
    public static StoreLock take(Path folder) throws IOException {
        Disk.LOCAL.createFolder(folder);
        Path file = folder.resolve(FILE);
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return new StoreLock(channel);
            }
        } catch (OverlappingFileLockException x) {
            LOGGER.log(Level.FINE, "It is another one in this process", x);
        } catch (IOException x) {
            LOGGER.log(
                    Level.WARNING,
                    "Cannot lock {0}: {1}. Nothing keeps another Jenkins from using the same approvals; see that none does.",
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

    /** Gives the lock back. */
    @Override
    public void close() {
        close(channel);
    }
}
