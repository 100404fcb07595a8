package hudson.model;

import java.io.IOException;

/** Something that Jenkins keeps on disk. */
public interface Saveable {

    void save() throws IOException;
}
