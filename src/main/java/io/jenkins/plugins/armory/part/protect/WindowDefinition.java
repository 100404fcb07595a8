package io.jenkins.plugins.armory.part.protect;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.config.form.ListField;
import io.jenkins.plugins.armory.config.form.PartDescriptor;
import io.jenkins.plugins.armory.part.protect.window.Window;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * An entry of {@code windows} of an environment: {@code {allow: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9", lasts: PT8H, zone:
 * Europe/Berlin}}, or {@code {deny: "2026-12-20/2027-01-03", zone: Europe/Berlin, reason: Christmas}}. {@link
 * #toWindow} checks it.
 */
@Restricted(NoExternalUse.class)
public final class WindowDefinition extends AbstractDescribableImpl<WindowDefinition> {

    private final String allow;
    private final String deny;
    private final String from;
    private final String lasts;
    private final String zone;
    private final String reason;

    @DataBoundConstructor
    public WindowDefinition(
            @CheckForNull String allow,
            @CheckForNull String deny,
            @CheckForNull String from,
            @CheckForNull String lasts,
            @CheckForNull String zone,
            @CheckForNull String reason) {
        this.allow = allow;
        this.deny = deny;
        this.from = from;
        this.lasts = lasts;
        this.zone = zone;
        this.reason = reason;
    }

    @CheckForNull
    public String getAllow() {
        return allow;
    }

    @CheckForNull
    public String getDeny() {
        return deny;
    }

    @CheckForNull
    public String getFrom() {
        return from;
    }

    @CheckForNull
    public String getLasts() {
        return lasts;
    }

    @CheckForNull
    public String getZone() {
        return zone;
    }

    @CheckForNull
    public String getReason() {
        return reason;
    }

    /**
     * @throws IllegalArgumentException naming the field that is wrong; a blank one is, see {@link ListField#notBlank}
     */
    public Window toWindow() {
        return Window.of(
                ListField.notBlank("allow", allow),
                ListField.notBlank("deny", deny),
                ListField.notBlank("from", from),
                ListField.notBlank("lasts", lasts),
                ListField.notBlank("zone", zone),
                ListField.notBlank("reason", reason));
    }

    @Extension
    public static final class DescriptorImpl extends PartDescriptor<WindowDefinition> {

        /** A window that is right but for the field that is checked. */
        private static final String DAILY = "FREQ=DAILY";

        private static final String HOUR = "PT1H";
        private static final String UTC = "UTC";

        @POST
        public FormValidation doCheckAllow(
                @QueryParameter String value,
                @QueryParameter String deny,
                @QueryParameter String from,
                @QueryParameter String lasts,
                @QueryParameter String zone) {
            return check("allow", value, deny, from, lasts, zone);
        }

        @POST
        public FormValidation doCheckDeny(
                @QueryParameter String value,
                @QueryParameter String allow,
                @QueryParameter String from,
                @QueryParameter String lasts,
                @QueryParameter String zone) {
            return check("deny", allow, value, from, lasts, zone);
        }

        @POST
        public FormValidation doCheckFrom(@QueryParameter String value) {
            return check("from", DAILY, "", value, HOUR, UTC);
        }

        @POST
        public FormValidation doCheckLasts(
                @QueryParameter String value, @QueryParameter String allow, @QueryParameter String deny) {
            return check("lasts", allow, deny, "", value, UTC);
        }

        @POST
        public FormValidation doCheckZone(@QueryParameter String value) {
            return check("zone", DAILY, "", "", HOUR, value);
        }

        /**
         * Returns what is wrong with a field; each problem stands at one field. Fields that are empty in a form are not
         * given.
         */
        private static FormValidation check(
                String field, String allow, String deny, String from, String lasts, String zone) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            try {
                Window.of(
                        Util.fixEmptyAndTrim(allow),
                        Util.fixEmptyAndTrim(deny),
                        Util.fixEmptyAndTrim(from),
                        Util.fixEmptyAndTrim(lasts),
                        Util.fixEmptyAndTrim(zone),
                        null);
            } catch (IllegalArgumentException x) {
                if (x.getMessage().startsWith(field + ": ")) {
                    return FormValidation.error(x.getMessage());
                }
            }
            return FormValidation.ok();
        }
    }
}
