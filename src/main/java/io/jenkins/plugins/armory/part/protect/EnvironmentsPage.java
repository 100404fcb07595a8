package io.jenkins.plugins.armory.part.protect;

import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.web.JsonWriter;
import io.jenkins.plugins.armory.web.PageWords;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The page {@code armory/environments/}. */
@Restricted(NoExternalUse.class)
public final class EnvironmentsPage {

    public String getDisplayName() {
        return Messages.EnvironmentsPage_title();
    }

    /** Returns the texts of the page, as a JSON object for its script. */
    public String getWords() {
        return PageWords.json();
    }

    /** Returns the page's first data, see {@link JsonWriter#first}. */
    public String getFirstAnswer() {
        return JsonWriter.first(() -> EnvironmentList.response(ArmoryRuntime.get(), null));
    }
}
