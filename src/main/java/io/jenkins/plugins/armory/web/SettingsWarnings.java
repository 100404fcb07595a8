package io.jenkins.plugins.armory.web;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.config.SettingsSection;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Warnings of credentials and webhooks that the settings name and that Jenkins does not have or cannot use, most likely
 * because they are mistyped. Configuration as Code accepts them, since a credential may come later. Without a warning,
 * the first to notice would be a build or a client that is refused.
 */
@Restricted(NoExternalUse.class)
public final class SettingsWarnings {

    private static final Logger LOGGER = Logger.getLogger(SettingsWarnings.class.getName());

    private SettingsWarnings() {}

    /**
     * Returns a sentence for each of them, with the field, the id and what to do. Reads the credentials, which may take
     * long.
     */
    public static List<String> warnings() {
        var warnings = new ArrayList<String>();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            for (SettingsSection section : SettingsSection.sections()) {
                for (SettingsSection.Reference reference : section.references()) {
                    problem(reference)
                            .map(problem -> Messages.SettingsWarnings_problem(reference.field(), problem))
                            .ifPresent(warnings::add);
                }
            }
        }
        return warnings;
    }

    /** Returns what is wrong, also that the provider of a credential fails: its exception would hide all others. */
    private static Optional<String> problem(SettingsSection.Reference reference) {
        try {
            return reference.problem().get();
        } catch (UncheckedIOException x) {
            return Optional.of(x.getCause().getMessage() + ".");
        } catch (RuntimeException x) {
            return Optional.of(Messages.SettingsWarnings_unreadable(reference.id(), x));
        }
    }

    /**
     * Returns the warnings that were found last, at once. Has them found again if that was long ago, or with other
     * settings.
     */
    public static List<String> latest() {
        return ExtensionList.lookupSingleton(Latest.class).get();
    }

    /** Returns what is another object after each change of a section. */
    private static List<Object> presentSettings() {
        return SettingsSection.sections().stream().map(SettingsSection::version).toList();
    }

    /**
     * The warnings that were found last. Jenkins asks for them with each page of an administrator, and a vault may not
     * answer, or may write down who reads it. So they are found on a thread of the plugin, and not for each page.
     */
    @Extension
    public static final class Latest extends ItemListener {

        private static final Duration AGE = Duration.ofMinutes(1);

        /**
         * The settings that are looked at now. A look that hangs holds up no look at other settings, as after somebody
         * has mended them.
         */
        private final AtomicReference<List<Object>> looking = new AtomicReference<>();

        private volatile Look last = new Look(List.of(), List.of(), 0);

        /**
         * @param settings those that the warnings are about
         * @param at the time of {@link System#nanoTime}
         */
        private record Look(List<Object> settings, List<String> warnings, long at) {

            boolean isOld(List<Object> present) {
                return System.nanoTime() - at > AGE.toNanos() || !settings.equals(present);
            }
        }

        /** Looks once Jenkins has started, when the credentials of Configuration as Code are there as well. */
        @Override
        public void onLoaded() {
            get();
        }

        private List<String> get() {
            List<Object> present = presentSettings();
            List<Object> underWay = looking.get();
            if (last.isOld(present) && !present.equals(underWay) && looking.compareAndSet(underWay, present)) {
                ArmoryRuntime.get().buildExecutor().execute(() -> look(present)); // as long as a vault takes
            }
            return last.warnings();
        }

        /** Looks, and logs what is new. */
        private void look(List<Object> settings) {
            List<String> found = last.warnings();
            try {
                found = warnings();
            } finally {
                if (looking.compareAndSet(settings, null)) {
                    found.stream()
                            .filter(each -> !last.warnings().contains(each))
                            .forEach(LOGGER::warning);
                    last = new Look(settings, found, System.nanoTime());
                }
            }
        }
    }
}
