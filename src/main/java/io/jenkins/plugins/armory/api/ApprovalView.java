package io.jenkins.plugins.armory.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * An approval as it was at one moment, for other plugins, the pages, the REST API, and the data of its build ({@code
 * <build>/api/json?tree=actions[approvals[id,state]]}). It never changes, and holds no secret. Texts may come from
 * outside: escape them where you show them. Times are in ISO 8601. Later versions may have further components, so do
 * not construct it.
 *
 * <p>The descriptions of the components are also those of docs/openapi.yaml.
 *
 * @param id unique on this controller, and no secret
 * @param job full name of the job
 * @param build number of the build
 * @param phase {@code beforeDeployment}, {@code strategy} or {@code afterDeployment}
 * @param environment {@code null} if none is known
 * @param webhook name of the webhook; {@code manual approval} if there is none and a person alone decides, {@code
 *     window} if it waits for a window alone
 * @param title what pages call it: the name of the webhook; without one, the first line of the question, or {@code
 *     manual approval}, or {@code window}
 * @param path entry of armoryWebhookApprovals, such as {@code region=eu-west (approvals[17])}, or {@code approvals} for
 *     a question about all; of a rule of an environment, such as {@code rule of prod}; empty elsewhere
 * @param rule whether it is a rule of {@code environment} in the settings, and not of the Pipeline
 * @param state {@code SENDING} while the webhook is being called, {@code WAITING} while a callback, a person or both
 *     are awaited
 * @param createdAt when it began
 * @param deadline when it times out if it is not decided before
 * @param opensAt when the window opens that is all that it waits for; missing otherwise
 * @param facts the rows that pages show of it, in the language of the user
 * @param attempts the last calls of the webhook
 * @param cancel the last attempt to call the cancel webhook; {@code number} is the number of attempts
 * @param notices the notices to people ({@code notify}) that are not sent yet, and those that could not be sent;
 *     missing if all were sent
 * @param hasData present if the callback had data, which the answer about it alone has as {@code data}
 * @param callback what the external process said, in a callback, in its answer to the webhook, or in its status
 * @param manualApproval present if the approval needs people too
 * @param decision present once it is decided
 */
@ExportedBean(defaultVisibility = 2)
@JsonInclude(Include.NON_NULL)
public record ApprovalView(
        @Exported String id,
        @Exported String job,
        @Exported int build,
        @Exported String phase,
        @CheckForNull @Exported @JsonInclude(Include.ALWAYS) String environment,
        @Exported String webhook,
        @Exported String title,
        @Exported String path,
        @Exported boolean rule,
        @Exported State state,
        @Exported String createdAt,
        @Exported String deadline,
        @CheckForNull @Exported String opensAt,
        List<Fact> facts,
        List<Attempt> attempts,
        @CheckForNull Attempt cancel,
        @CheckForNull Notices notices,
        @JsonInclude(Include.NON_DEFAULT) boolean hasData,
        @CheckForNull Decision callback,
        @CheckForNull ManualApproval manualApproval,
        @CheckForNull @Exported Decision decision) {

    /**
     * Characters that XML 1.0 does not allow (section 2.2). Stapler writes them as they are, and no parser takes the
     * document then.
     */
    private static final Pattern NOT_OF_XML =
            Pattern.compile("[^\\t\\n\\r\\u0020-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]");

    public enum State {
        SENDING,
        WAITING,
        DECIDED
    }

    /**
     * A row of the page.
     *
     * @param name what it is, in every language
     * @param label the same for people, in the language of the user
     * @param value missing if there is a time alone
     * @param at a time that belongs to it
     */
    @JsonInclude(Include.NON_NULL)
    public record Fact(
            String name,
            String label,
            @CheckForNull String value,
            @CheckForNull String at) {}

    /**
     * A call of a webhook.
     *
     * @param number counts from 1
     * @param at when it began
     * @param host scheme, host and port
     * @param status 0 if there was no answer
     * @param durationMillis how long it took
     * @param failure what went wrong; {@code null} after a 2xx
     * @param answer the start of the answer's body, without secrets
     * @param nextAt when the next attempt is due; {@code null} if there is none
     * @param found the values that {@code status} and {@code cancel} take from the answer, by name, such as {@code
     *     answer.id}
     */
    public record Attempt(
            int number,
            String at,
            String host,
            int status,
            long durationMillis,
            @CheckForNull String failure,
            String answer,
            @CheckForNull String nextAt,
            Map<String, String> found) {}

    /**
     * The notices to people.
     *
     * @param due those that are not sent yet
     * @param failed those that could not be sent
     */
    public record Notices(List<Notice> due, List<Notice> failed) {}

    /**
     * A notice to people.
     *
     * @param event {@code WAITING}, {@code EXPIRING} or {@code DECIDED}
     * @param webhook name of the webhook
     * @param reason why the last attempt failed
     * @param at when it failed
     */
    @JsonInclude(Include.NON_NULL)
    public record Notice(
            String event,
            String webhook,
            @CheckForNull String reason,
            @CheckForNull String at) {}

    /**
     * A decision, or a part of one.
     *
     * @param success whether the build may go on
     * @param outcome such as {@code SUCCESS}, {@code FAILURE} or {@code TIMED_OUT}; later versions may have further
     *     ones, so use {@code success}
     * @param mdMessage the reason in Markdown, as received; may be empty; do not trust it
     * @param decidedBy a user, a kind of token, or the plugin, for people to read
     * @param decidedAt when it was decided
     * @param override present if an administrator decided, whatever was missing; {@code mdMessage} is the reason then
     */
    @ExportedBean(defaultVisibility = 2)
    public record Decision(
            @Exported boolean success,
            @Exported String outcome,
            @Exported String mdMessage,
            @Exported String decidedBy,
            @Exported String decidedAt,
            @Exported @JsonInclude(Include.NON_DEFAULT) boolean override) {

        public Decision {
            mdMessage = ofXml(mdMessage);
            decidedBy = ofXml(decidedBy);
        }
    }

    /**
     * What people are asked, and what they have said. The last four components are present once enough people have
     * approved, or one has rejected.
     *
     * @param message the question; may be empty
     * @param rules each has to have its people; a person counts for one of them
     * @param needed who is still needed, such as {@code 1 more of dave, alice; 2 more of ops}; empty once nobody is
     * @param parameters the names of what the people who approve fill in; missing if there is nothing
     * @param requesters the users who requested the build and may not approve; missing if they may
     * @param required how many different people have to approve
     * @param approvals the people who have approved, in their order
     * @param inputs what people filled in, by name: texts and booleans; missing if nobody has
     * @param approved whether they approved
     * @param user the names of the people, such as {@code alice and bob}
     * @param comment in Markdown
     * @param at when the last of them said so
     */
    @JsonInclude(Include.NON_NULL)
    public record ManualApproval(
            String message,
            List<Rule> rules,
            String needed,
            @JsonInclude(Include.NON_EMPTY) List<String> parameters,
            @CheckForNull List<String> requesters,
            int required,
            List<Vote> approvals,
            @JsonInclude(Include.NON_EMPTY) Map<String, Object> inputs,
            @CheckForNull Boolean approved,
            @CheckForNull String user,
            @CheckForNull String comment,
            @CheckForNull String at) {}

    /**
     * How many people of which groups have to approve.
     *
     * @param submitters empty for all with the permission
     * @param required how many different people have to approve
     * @param approvedBy the users who count for it
     * @param needsPeople whether one more person of this rule would count, perhaps because somebody moves to another
     *     rule
     */
    public record Rule(List<String> submitters, int required, List<String> approvedBy, boolean needsPeople) {}

    /**
     * The approval of one person.
     *
     * @param user id of the person
     * @param comment in Markdown; may be empty
     * @param at when the person approved
     * @param rules the rules that the person may count for, by their place, from 0
     */
    public record Vote(String user, String comment, String at, List<Integer> rules) {}

    public ApprovalView {
        environment = ofXml(environment);
        webhook = ofXml(webhook);
        title = ofXml(title);
    }

    @CheckForNull
    private static String ofXml(@CheckForNull String text) {
        return text == null ? null : NOT_OF_XML.matcher(text).replaceAll("\uFFFD");
    }

    /**
     * Returns the question to people, {@code null} if nobody is asked to approve, or all who have to have approved. May
     * be empty: then they are asked without words.
     */
    @CheckForNull
    public String question() {
        return decision == null && manualApproval != null && manualApproval.user() == null
                ? manualApproval.message()
                : null;
    }
}
