package io.jenkins.plugins.armory.callback.token;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.oauth.CallbackClient;
import io.jenkins.plugins.armory.callback.token.Caller.Obstacle;
import java.util.List;

/**
 * Whom a step lets decide, of those that the settings would let: {@code allowedCallers}. An entry is a {@code client_id};
 * the address of an outside issuer, alone or followed by a space and a subject in which {@code *} stands for any text; or
 * {@code credentials:ID}. No entry means no restriction. The approval's own token always counts.
 */
public final class AllowedCallers {

    /** What a step that names {@code callbackCredentialsId} has in the list. */
    public static final String CREDENTIALS = "credentials:";

    private final List<String> entries;

    private AllowedCallers(List<String> entries) {
        this.entries = entries;
    }

    /** Whether a step names a credential itself; else the one that decides is that of the settings. */
    public static boolean nameCredential(List<String> entries, String id) {
        return entries.contains(CREDENTIALS + id);
    }

    public static AllowedCallers of(Approval approval) {
        return new AllowedCallers(approval.allowedCallers());
    }

    public boolean includeClient(CallbackClient client) {
        return entries.isEmpty()
                || entries.contains(client.id())
                || entries.contains(CREDENTIALS + client.credentialsId());
    }

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

    public static Obstacle obstacle(Approval approval, String caller) {
        return new Obstacle(
                "The token is valid, but the step of this approval does not let " + caller + " decide: see its"
                        + " allowedCallers and callbackCredentialsId.",
                Scopes.ofApproval(approval.id()));
    }
}
