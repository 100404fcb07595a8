package io.jenkins.plugins.armory.callback.token;

import io.jenkins.plugins.armory.approval.Approval;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The callers that a step accepts, among those that the settings accept: {@code allowedCallers}. An entry is a {@code
 * client_id}, or {@code credentials:ID}, or the address of an outside issuer. After an issuer, a space and a subject
 * may follow, in which {@code *} stands for any text. No entry means no restriction. The approval's own token is always
 * accepted.
 */
@Restricted(NoExternalUse.class)
public record AllowedCallers(List<String> entries) {

    /** The prefix of the entry for a step's {@code callbackCredentialsId}. */
    public static final String CREDENTIALS = "credentials:";

    /** Why a caller may not decide a rule of an environment, whose callers no Pipeline may stand in for. */
    public static final String READABLE =
            "this approval is a rule of an environment, whose callers have credentials of scope System alone:"
                    + " a Pipeline can read any other";

    /** Returns whether the step itself names a credential. Otherwise the credential of the settings decides. */
    public static boolean nameCredential(List<String> entries, String id) {
        return entries.contains(CREDENTIALS + id);
    }

    public static AllowedCallers of(Approval approval) {
        return new AllowedCallers(approval.allowedCallers());
    }

    /**
     * Returns whether a client of {@code oauth/token} is accepted.
     *
     * @param id its {@code client_id}
     * @param credentialsId the credential that holds its id and secret
     */
    public boolean includeClient(String id, String credentialsId) {
        return entries.isEmpty() || entries.contains(id) || entries.contains(CREDENTIALS + credentialsId);
    }

    /** Returns whether a subject of an outside issuer is accepted. */
    public boolean includeSubject(String issuer, String subject) {
        return entries.isEmpty() || entries.stream().anyMatch(entry -> matches(entry, issuer, subject));
    }

    private static boolean matches(String entry, String issuer, String subject) {
        if (entry.equals(issuer)) {
            return true;
        }
        return entry.startsWith(issuer + ' ')
                && Glob.matchText(entry.substring(issuer.length()).strip(), subject);
    }

    /** Returns the reason why a caller that the step does not accept may not decide. */
    public static String reason(String caller) {
        return "the step of this approval does not let " + caller
                + " decide: see its allowedCallers and callbackCredentialsId";
    }
}
