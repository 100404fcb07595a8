package hudson.model;

import hudson.XmlFile;
import java.io.File;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.kohsuke.stapler.StaplerRequest2;

/** What Jenkins knows about a class of {@link Describable}s. */
public abstract class Descriptor<T extends Describable<T>> implements Saveable {
    public final transient Class<? extends T> clazz;

    @SuppressWarnings("unchecked")
    protected Descriptor(Class<? extends T> clazz) {
        this.clazz = Self.class.equals(clazz) ? (Class<? extends T>) getClass() : clazz;
    }

    @SuppressWarnings("unchecked")
    protected Descriptor() {
        clazz = (Class<? extends T>) getClass().getEnclosingClass();
        if (clazz == null) {
            throw new AssertionError(getClass() + " is not nested in the class that it describes");
        }
    }

    @SuppressWarnings("rawtypes")
    protected static Class self() {
        return Self.class;
    }

    /** The object that a form describes; the embedded controller has no forms. */
    public T newInstance(StaplerRequest2 req, JSONObject formData) throws FormException {
        throw new UnsupportedOperationException();
    }

    public String getDisplayName() {
        return clazz.getSimpleName();
    }

    /** The path of what explains a field to people; the embedded controller has no forms. */
    public String getHelpFile(String fieldName) {
        return null;
    }

    /** The file of the settings: the controller writes none. */
    protected XmlFile getConfigFile() {
        return new XmlFile(new File(Jenkins.get().getRootDir(), getClass().getName() + ".xml"));
    }

    /** Reads the settings kept by {@link #save}: none, as the controller reads {@code casc.yaml} at every start. */
    public synchronized void load() {}

    /** Keeps the settings: in memory alone, as {@code casc.yaml} is where the controller's settings are. */
    @Override
    public synchronized void save() {}

    public static final class FormException extends Exception {
        private static final long serialVersionUID = 1;

        public FormException(String message, Throwable cause, String formField) {
            super(message, cause);
        }

        public FormException(Throwable cause, String formField) {
            super(cause);
        }
    }

    private static final class Self {}
}
