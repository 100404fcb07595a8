package io.jenkins.plugins.armory.part.oidc;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import io.jenkins.plugins.armory.callback.token.ListedCallers;
import io.jenkins.plugins.armory.config.form.JobsDescriptor;
import io.jenkins.plugins.armory.config.form.ListField;
import java.net.URI;
import java.util.List;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** An entry of {@code issuers}: an outside issuer whose JWTs are accepted. */
@Restricted(NoExternalUse.class)
public final class IssuerDefinition extends AbstractDescribableImpl<IssuerDefinition> {

    private final String issuer;
    private final String audience;
    private final List<String> requiredClaims;

    /** As they were given; not part of the saved form. */
    @CheckForNull
    private final transient List<String> givenClaims;

    private final String jobs;

    /**
     * @param issuer the exact {@code iss} of its tokens; its keys are found below that address
     * @param audience a value that {@code aud} must have
     * @param requiredClaims claims in the format of {@link RequiredClaims}; a form sends all of them in one text of
     *     several lines
     * @param jobs the jobs that its tokens may decide for, in the format of {@link JobPatterns}
     * @throws IllegalArgumentException naming the field that is missing or wrong
     */
    @DataBoundConstructor
    public IssuerDefinition(
            @CheckForNull String issuer,
            @CheckForNull String audience,
            @CheckForNull List<String> requiredClaims,
            @CheckForNull String jobs) {
        this.issuer = required(issuer, Messages.IssuerDefinition_noIssuer());
        if (!OutsideIssuer.isTrustworthy(this.issuer)) {
            throw new IllegalArgumentException(Messages.IssuerDefinition_notTrustworthy(this.issuer));
        }
        this.audience = required(audience, Messages.IssuerDefinition_noAudience());
        this.requiredClaims = ListField.of(requiredClaims);
        givenClaims = requiredClaims;
        if (RequiredClaims.parse(this.requiredClaims).isEmpty() && isArmory(this.issuer)) {
            throw new IllegalArgumentException(Messages.IssuerDefinition_claimOfArmory());
        }
        this.jobs = JobsDescriptor.checked(jobs);
    }

    /** Checks what was saved, which people or scripts may have written: XStream does not call the constructor. */
    private Object readResolve() {
        return new IssuerDefinition(issuer, audience, requiredClaims, jobs);
    }

    private static String required(@CheckForNull String value, String message) {
        String text = Util.fixEmptyAndTrim(value);
        if (text == null) {
            throw new IllegalArgumentException(message);
        }
        return text;
    }

    private static boolean isArmory(String issuer) {
        return DescriptorImpl.ARMORY_HOST.equalsIgnoreCase(URI.create(issuer).getHost());
    }

    /**
     * Checks that no required claim is blank, such as that of a variable that is not set. Without that claim, tokens of
     * others would count. The constructor cannot check this, because Configuration as Code calls it with a blank claim
     * to find out about defaults.
     *
     * @throws IllegalArgumentException naming the claim
     */
    public void checkClaims() {
        ListField.checkNoneBlank("requiredClaims", givenClaims);
    }

    public String getJobs() {
        return jobs;
    }

    public String getIssuer() {
        return issuer;
    }

    public String getAudience() {
        return audience;
    }

    public List<String> getRequiredClaims() {
        return requiredClaims;
    }

    ListedCallers.Entry entry() {
        return new ListedCallers.Entry("issuer " + issuer, null, JobPatterns.parse(jobs));
    }

    public OutsideIssuer toIssuer() {
        return new OutsideIssuer(issuer, audience, RequiredClaims.parse(requiredClaims), JobPatterns.parse(jobs));
    }

    @Extension
    public static final class DescriptorImpl extends JobsDescriptor<IssuerDefinition> implements ListField {

        private static final String ARMORY_HOST = "auth.cloud.armory.io";

        /** Returns the default of the form for a new issuer. */
        public String getArmoryIssuer() {
            return "https://" + ARMORY_HOST + "/";
        }

        public String getArmoryAudience() {
            return "https://api.cloud.armory.io";
        }

        @POST
        public FormValidation doCheckIssuer(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            String address = Util.fixEmptyAndTrim(value);
            if (address == null) {
                return FormValidation.validateRequired(value);
            }
            return OutsideIssuer.isTrustworthy(address)
                    ? FormValidation.ok()
                    : FormValidation.error(Messages.IssuerDefinition_notTrustworthy(address));
        }

        @POST
        public FormValidation doCheckAudience(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return FormValidation.validateRequired(value);
        }

        @POST
        public FormValidation doCheckRequiredClaims(@QueryParameter String value, @QueryParameter String issuer) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            try {
                if (!RequiredClaims.parse(ListField.of(List.of(Util.fixNull(value))))
                        .isEmpty()) {
                    return FormValidation.ok();
                }
            } catch (IllegalArgumentException x) {
                return FormValidation.error(x.getMessage());
            }
            String address = Util.fixNull(issuer).strip();
            return OutsideIssuer.isTrustworthy(address) && isArmory(address)
                    ? FormValidation.error(Messages.IssuerDefinition_claimOfArmory())
                    : FormValidation.warning(Messages.IssuerDefinition_noClaim());
        }
    }
}
