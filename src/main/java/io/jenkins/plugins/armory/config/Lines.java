package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Arrays;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Lists of texts in definitions: a Pipeline has an entry a text, a form has all entries in one text. */
@Restricted(NoExternalUse.class)
public final class Lines {

    private Lines() {}

    /** Returns the lines of a list's texts, without blank ones. */
    public static List<String> of(@CheckForNull List<String> texts) {
        return texts == null
                ? List.of()
                : texts.stream()
                        .flatMap(String::lines)
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .toList();
    }

    /** Returns the words of a list's texts, which white space or commas separate. */
    static List<String> words(@CheckForNull List<String> texts) {
        return texts == null
                ? List.of()
                : texts.stream()
                        .flatMap(text -> Arrays.stream(text.split("[\\s,]+")))
                        .filter(each -> !each.isEmpty())
                        .toList();
    }
}
