package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jvnet.localizer.LocaleProvider;
import org.jvnet.localizer.ResourceBundleHolder;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The texts of the pages in the viewer's language, for their scripts: those of Messages.properties that begin with
 * {@code PageWords}.
 */
@Restricted(NoExternalUse.class)
public final class PageWords {

    private static final String PREFIX = "PageWords.";
    private static final ResourceBundleHolder TEXTS = ResourceBundleHolder.get(Messages.class);

    /** Placeholders stay in the texts, for the scripts to fill in. */
    private static final Object[] PLACEHOLDERS = {"{0}", "{1}", "{2}"};

    /**
     * The states of pending approvals and the outcomes of decided ones, in the order in which a page offers them as a
     * filter.
     */
    private static final List<String> STATES = Stream.concat(
                    Stream.of(Approval.State.SENDING, Approval.State.WAITING), Stream.of(Decision.Outcome.values()))
            .map(state -> PREFIX + "state." + state.name())
            .toList();

    private PageWords() {}

    /** Returns the texts as a JSON object, by the names in the scripts. */
    public static String json() {
        ObjectNode words = JsonNodeFactory.instance.objectNode();
        STATES.forEach(key -> put(words, key));
        new TreeSet<>(TEXTS.get(LocaleProvider.getLocale()).keySet())
                .stream().filter(key -> key.startsWith(PREFIX)).forEach(key -> put(words, key));
        return words.toString();
    }

    /** Returns the name of a state or outcome for people. */
    static String state(String name) {
        return TEXTS.format(PREFIX + "state." + name);
    }

    private static void put(ObjectNode words, String key) {
        words.put(key.substring(PREFIX.length()), TEXTS.format(key, PLACEHOLDERS));
    }
}
