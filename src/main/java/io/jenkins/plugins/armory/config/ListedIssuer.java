package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.callback.OutsideIssuer;
import io.jenkins.plugins.armory.callback.RequiredClaims;
import java.util.Arrays;
import java.util.List;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** One of {@code issuers}: somebody outside whose JWTs count. It is Armory Cloud unless it says something else. */
public final class ListedIssuer extends AbstractDescribableImpl<ListedIssuer> {

    private String issuer = DescriptorImpl.ARMORY_ISSUER;
    private String audience = DescriptorImpl.ARMORY_AUDIENCE;
    private List<String> requiredClaims = List.of();
    private final String jobs;

    /** @param jobs what the issuer's tokens may decide for, as {@link io.jenkins.plugins.armory.callback.JobPatterns} has it */
    @DataBoundConstructor
    public ListedIssuer(String jobs) {
        this.jobs = Jobs.checked(jobs);
    }

    public String getJobs() {
        return jobs;
    }

    public String getIssuer() {
        return issuer;
    }

    /**
     * @param issuer its {@code iss}, letter for letter; its keys are found below that address
     * @throws IllegalArgumentException when it is no address that keys may be fetched from
     */
    @DataBoundSetter
    public void setIssuer(@CheckForNull String issuer) {
        String address = Util.fixEmptyAndTrim(issuer);
        if (address != null && !OutsideIssuer.isTrustworthy(address)) {
            throw new IllegalArgumentException(DescriptorImpl.notTrustworthy(address));
        }
        this.issuer = address == null ? DescriptorImpl.ARMORY_ISSUER : address;
    }

    public String getAudience() {
        return audience;
    }

    /** @param audience what must be in {@code aud} */
    @DataBoundSetter
    public void setAudience(@CheckForNull String audience) {
        String text = Util.fixEmptyAndTrim(audience);
        this.audience = text == null ? DescriptorImpl.ARMORY_AUDIENCE : text;
    }

    public List<String> getRequiredClaims() {
        return requiredClaims;
    }

    /**
     * @param requiredClaims each as {@link RequiredClaims} has it. A form sends all of them in one text of several lines
     * @throws IllegalArgumentException naming the entry that is wrong
     */
    @DataBoundSetter
    public void setRequiredClaims(@CheckForNull List<String> requiredClaims) {
        List<String> lines = requiredClaims == null ? List.of() : lines(String.join("\n", requiredClaims));
        RequiredClaims.parse(lines);
        this.requiredClaims = lines;
    }

    /** For the form. */
    public String getRequiredClaimLines() {
        return String.join("\n", requiredClaims);
    }

    OutsideIssuer toIssuer() {
        return new OutsideIssuer(issuer, audience, RequiredClaims.parse(requiredClaims), Jobs.parse(jobs));
    }

    private static List<String> lines(String text) {
        return Arrays.stream(text.split("[\r\n]"))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @Extension
    public static final class DescriptorImpl extends JobsDescriptor<ListedIssuer> {

        static final String ARMORY_ISSUER = "https://auth.cloud.armory.io/";
        static final String ARMORY_AUDIENCE = "https://api.cloud.armory.io";

        public String getArmoryIssuer() {
            return ARMORY_ISSUER;
        }

        public String getArmoryAudience() {
            return ARMORY_AUDIENCE;
        }

        private static String notTrustworthy(String address) {
            return "The issuer \"" + address + "\" is not an https address (http is for this machine itself): whoever can"
                    + " change its keys on their way here can decide everything.";
        }

        @POST
        public FormValidation doCheckIssuer(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            String address = Util.fixEmptyAndTrim(value);
            return address == null || OutsideIssuer.isTrustworthy(address)
                    ? FormValidation.ok()
                    : FormValidation.error(notTrustworthy(address));
        }

        @POST
        public FormValidation doCheckRequiredClaims(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            try {
                return RequiredClaims.parse(lines(Util.fixNull(value))).isEmpty()
                        ? FormValidation.warning("Without a required claim, everybody decides whom this issuer gives a token"
                                + " with that audience: of a public service, each of its customers.")
                        : FormValidation.ok();
            } catch (IllegalArgumentException x) {
                return FormValidation.error(x.getMessage());
            }
        }
    }
}
