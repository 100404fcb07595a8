package hudson;

import hudson.model.Saveable;
import java.io.Closeable;
import java.io.IOException;

/** Several changes that are saved together. The embedded controller keeps its settings in memory alone. */
public class BulkChange implements Closeable {
    private final Saveable saveable;

    public BulkChange(Saveable saveable) {
        this.saveable = saveable;
    }

    public void commit() throws IOException {
        saveable.save();
    }

    @Override
    public void close() {}
}
