package hudson;

import com.thoughtworks.xstream.XStream;
import java.io.File;

/** A file with the fields of an object as XML. The embedded controller writes none, and reads none. */
public final class XmlFile {
    private final File file;

    public XmlFile(File file) {
        this.file = file;
    }

    public File getFile() {
        return file;
    }

    public XStream getXStream() {
        throw new UnsupportedOperationException("the embedded controller reads settings from casc.yaml alone");
    }
}
