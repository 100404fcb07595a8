package hudson;

import java.io.File;
import java.io.IOException;

/** A file with the fields of an object as XML. The embedded controller writes none, and reads none. */
public final class XmlFile {
    private final File file;

    public XmlFile(File file) {
        this.file = file;
    }

    public File getFile() {
        return file;
    }

    public Object unmarshal(Object target) throws IOException {
        throw new IOException("the embedded controller reads settings from casc.yaml alone");
    }
}
