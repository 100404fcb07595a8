package io.jenkins.plugins.armory.config;

import com.thoughtworks.xstream.XStream;
import com.thoughtworks.xstream.converters.DataHolder;
import com.thoughtworks.xstream.io.HierarchicalStreamReader;
import com.thoughtworks.xstream.io.ReaderWrapper;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.XmlFile;
import hudson.util.XStream2;
import io.jenkins.plugins.armory.config.form.Forms;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;

/**
 * Reads the file of the settings, and fails if it does not understand all of it. Jenkins itself would leave out the
 * rest, such as a rule of an environment.
 */
final class SettingsFile extends ReaderWrapper {

    /** What RobustReflectionConverter left out, a list of exceptions. */
    private static final String LEFT_OUT = "ReadError";

    /**
     * The object that is read. RobustReflectionConverter forgets what it left out of this object, once OldDataMonitor
     * has it.
     */
    private static final String OWNER = "Saveable";

    /** Whether the text at this place of the file was asked for. */
    private boolean taken;

    @CheckForNull
    private String strayText;

    private SettingsFile(HierarchicalStreamReader reader) {
        super(reader);
    }

    /** @throws IOException if something in the file is not understood */
    static void read(XmlFile file, Object settings) throws IOException {
        XStream xstream = file.getXStream();
        DataHolder holder = xstream.newDataHolder();
        holder.put(OWNER, holder);
        try (InputStream in = Files.newInputStream(file.getFile().toPath())) {
            var reader = new SettingsFile(XStream2.getDefaultDriver().createReader(in));
            xstream.unmarshal(reader, settings, holder);
            if (holder.get(LEFT_OUT) instanceof List<?> errors && errors.get(0) instanceof Throwable error) {
                throw new IOException("a part is not understood: " + Forms.mistake(error), error);
            } else if (reader.strayText != null) {
                throw new IOException("a part is not understood: \"" + reader.strayText + '"');
            }
        }
    }

    @Override
    public String getValue() {
        taken = true;
        return super.getValue();
    }

    @Override
    public void moveDown() {
        noticeText();
        super.moveDown();
    }

    @Override
    public void moveUp() {
        noticeText();
        super.moveUp();
    }

    /** Notices a text that no converter asked for, such as an entry of a list without an element of its own. */
    private void noticeText() {
        String text = taken ? "" : super.getValue().strip();
        if (!text.isEmpty()) {
            strayText = text;
        }
        taken = false;
    }
}
