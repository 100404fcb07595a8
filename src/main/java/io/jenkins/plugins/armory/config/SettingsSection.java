package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.BulkChange;
import hudson.ExtensionList;
import hudson.XmlFile;
import io.jenkins.plugins.armory.config.form.Forms;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * A section of the settings of administrators: a part of <i>Manage Jenkins » System</i>, a root of Configuration as
 * Code, and a file. What its file says must not become less by being unreadable, so that nothing is decided until an
 * administrator has mended it.
 *
 * <p>The constructor of a section sets the defaults and calls {@link #load}. What a section does not store is
 * transient.
 */
@Restricted(NoExternalUse.class)
public abstract class SettingsSection extends GlobalConfiguration {

    private static final Logger LOGGER = Logger.getLogger(SettingsSection.class.getName());

    /** The field of the form that says that the section is in it. */
    private static final String SHOWN = "shown";

    private final transient String root;
    private final transient Set<String> settings;
    private final transient List<String> lists;

    /** Why the file could not be read, {@code null} if it was, or if there is none. */
    @CheckForNull
    private transient volatile String fault;

    /** The settings that were set since the file was read. */
    private final transient Set<String> given = new HashSet<>();

    private transient volatile Object version = new Object();

    /**
     * @param root the name in Configuration as Code
     * @param settings the names of all settings
     * @param lists the settings of which the form sends nothing, or a blank, if they are empty
     */
    protected SettingsSection(String root, Set<String> settings, List<String> lists) {
        this.root = root;
        this.settings = settings;
        this.lists = lists;
    }

    /** Returns the section of the core and those of the parts. */
    public static List<SettingsSection> sections() {
        return ExtensionList.lookup(SettingsSection.class);
    }

    /** Returns another object with the values on disk, to try changes on. */
    protected abstract SettingsSection copy();

    /** @throws IllegalArgumentException if a value on disk is one that the form refuses, naming its field */
    protected void checkRead() {}

    /** Takes what is empty out of the rows of a form, see {@link #leaveOutBlanks}. */
    protected void leaveOutBlanks(JSONObject form) {}

    /**
     * A credential or a webhook that the section names. Configuration as Code accepts one that is missing, since it may
     * come later.
     *
     * @param problem returns a sentence of what is wrong and what to do, empty if nothing is; it may take long
     */
    public record Reference(String field, String id, Supplier<Optional<String>> problem) {}

    /** Returns all that the section names, for warnings. */
    public List<Reference> references() {
        return List.of();
    }

    /** Returns another object after each change. */
    public final Object version() {
        return version;
    }

    /** Returns why the file could not be read, {@code null} if it was, or if there is none. */
    @CheckForNull
    public final String getFault() {
        return fault;
    }

    /**
     * Reads the settings from the disk. If a part of the file cannot be read, or has a value that the form refuses,
     * {@link #getFault} says so and nothing overwrites the file until all settings are set again. The defaults must not
     * apply then, since they are less strict.
     */
    @Override
    public synchronized void load() {
        XmlFile file = getConfigFile();
        fault = null;
        given.clear();
        version = new Object();
        if (Files.notExists(file.getFile().toPath())) {
            return;
        }
        try {
            SettingsFile.read(file, this);
            checkRead();
        } catch (IOException | RuntimeException | Error x) { // such as an error of a class
            LOGGER.log(Level.SEVERE, "Cannot read " + file.getFile(), x);
            fault = Messages.SettingsSection_unreadable(file.getFile(), Forms.mistake(x));
        }
    }

    /** Writes the settings to the disk, unless that would overwrite settings which could not be read. */
    @Override
    public synchronized void save() {
        if (fault == null) {
            super.save();
        }
    }

    /**
     * Writes the settings once one is set. What could not be read may have been any of them, so all have to be set
     * again.
     */
    protected final synchronized void save(String setting) {
        given.add(setting);
        version = new Object();
        if (given.containsAll(settings)) {
            fault = null;
        }
        save();
    }

    /**
     * Takes the settings from the form. A request without this section changes nothing. After settings that could not
     * be read, a request changes them only if its user asks to replace them, since people save this form for other
     * settings too.
     *
     * <p>A form sends nothing for a field without rows, and a setter that is not called would keep the row that was
     * removed last: a client or issuer would stay trusted. So the setters get an empty list. If one of them refuses its
     * value, all settings stay as they are, and the page says why: the form is tried on a copy first.
     */
    @Override
    public final boolean configure(StaplerRequest2 request, JSONObject json) throws FormException {
        boolean isShown = json.remove(SHOWN) != null; // a section whose last row was removed has nothing else
        boolean replaces = Boolean.TRUE.equals(json.remove("replace"));
        if (!isShown || (fault != null && !replaces)) {
            return true;
        }
        leaveOutBlanks(json);
        for (String field : lists) {
            if (!json.has(field)) {
                json.put(field, List.of()); // json-lib makes an array of it
            }
        }
        SettingsSection copy = copy();
        try (var ignored = new BulkChange(copy)) {
            copy.bind(request, json);
        } catch (IllegalArgumentException x) {
            throw new FormException(Forms.mistake(x), x, root);
        }
        try (var change = new BulkChange(this)) {
            boolean stays = bind(request, json);
            change.commit();
            return stays;
        } catch (IOException x) {
            throw new FormException(x, root);
        }
    }

    private boolean bind(StaplerRequest2 request, JSONObject json) throws FormException {
        return super.configure(request, json);
    }

    /** @param field whose form sends an object for the only row */
    protected static void eachRow(JSONObject json, String field, Consumer<JSONObject> then) {
        Object rows = json.opt(field);
        if (rows instanceof JSONArray all) {
            for (int i = 0; i < all.size(); i++) {
                then.accept(all.getJSONObject(i));
            }
        } else if (rows instanceof JSONObject row) {
            then.accept(row);
        }
    }

    /**
     * Takes empty fields out of a form or a row. As code, a blank is the value of a variable that is not set, and
     * refused.
     */
    protected static void leaveOutBlanks(JSONObject row, String... fields) {
        for (String field : fields) {
            if (row.optString(field).isBlank()) {
                row.remove(field);
            }
        }
    }
}
