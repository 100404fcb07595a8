package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The values of a template's variables, by their full names such as {@code armory.callbackUri}. The namespaces are
 * Armory's: {@code armory} is about the build, {@code context} comes from steps and definitions, and {@code secrets}
 * are credentials.
 */
@Restricted(NoExternalUse.class)
public final class Variables {

    public static final String CALLBACK_URI = "armory.callbackUri";
    public static final String CALLBACK_TOKEN = "armory.callbackToken";
    public static final String DEPLOYMENT_ID = "armory.deploymentId";
    public static final String APPLICATION_NAME = "armory.applicationName";
    public static final String ENVIRONMENT_NAME = "armory.environmentName";
    public static final String VERSION = "armory.version";
    public static final String APPLICATION = "armory.application";
    public static final String ACCOUNT_NAME = "armory.accountName";
    public static final String NAMESPACE = "armory.namespace";
    public static final String APPROVAL_ID = "armory.approvalId";
    public static final String PHASE = "armory.phase";
    public static final String BUILD_URL = "armory.buildUrl";
    public static final String APPROVAL_URL = "armory.approvalUrl";
    /** The occasion of a notification. Only notifications have this variable and the next three. */
    public static final String EVENT = "armory.event";

    /** A sentence about the approval, for people. */
    public static final String TEXT = "armory.text";

    public static final String DEADLINE = "armory.deadline";
    public static final String WEBHOOK_NAME = "armory.webhookName";
    /** The outcome of the approval. Only cancel webhooks and notifications have this variable and {@link #REASON}. */
    public static final String OUTCOME = "armory.outcome";

    public static final String REASON = "armory.reason";

    /**
     * The {@code Location} of the webhook's answer. Only the templates of its status and its cancel webhook have it.
     */
    static final String ANSWER_LOCATION = "armory.answerLocation";

    /** The values in the JSON of the webhook's answer, for the same templates. */
    private static final String ANSWER = "answer.";

    /**
     * The variables that the body of {@code armoryDeployment} returns. {@code {{context.*}}} has their values, under
     * the same names without {@code armory.}.
     */
    private static final Pattern OF_THE_BODY = Pattern.compile("armory\\.(replicaSetName|preview\\..+)");

    private static final String CONTEXT = "context.";
    private static final String SECRETS = "secrets.";
    private static final String ARMORY = "armory.";

    private final Map<String, String> values = new LinkedHashMap<>();
    private UnaryOperator<String> secrets = id -> null;

    /** The values that were used and must not be shown, by their names. */
    private final Map<String, String> secretsUsed = new LinkedHashMap<>();

    /** Returns whether a variable is one of the webhook's own answer. */
    static boolean isOfAnswer(String name) {
        return name.startsWith(ANSWER) || name.equals(ANSWER_LOCATION);
    }

    /**
     * Returns where the value of a variable stands in the JSON of the answer: {@code answer.jobs.0.id} is {@code
     * /jobs/0/id}, a JSON Pointer (RFC 6901).
     */
    static String pointerOf(String name) {
        return name.substring(ANSWER.length() - 1).replace("~", "~0").replace('.', '/');
    }

    /** Returns a value with which a variable of the answer is tried. */
    public static String sampleOf(String name) {
        return name.equals(ANSWER_LOCATION) ? "https://location.example.com/1" : "1";
    }

    /** Sets a variable. Without a value it stays unknown. */
    public Variables with(String name, @CheckForNull String value) {
        if (value != null) {
            values.put(name, value);
        }
        return this;
    }

    /** Sets {@code {{context.*}}}. Keys that are not among these keep their values. */
    public Variables withContext(Map<String, String> context) {
        context.forEach((key, value) -> with(CONTEXT + key, value));
        return this;
    }

    /**
     * Sets {@code {{secrets.*}}}.
     *
     * @param secrets returns the secret of an id, or {@code null}; it is called once for each secret that a template
     *     uses
     */
    public Variables withSecrets(UnaryOperator<String> secrets) {
        this.secrets = secrets;
        return this;
    }

    /**
     * Returns a copy that looks up no secret, which may take long. A secret may be a whole address, so that each has
     * the address of a host of its own.
     */
    Variables withoutSecrets() {
        var copy = new Variables();
        copy.values.putAll(values);
        return copy.withSecrets(id -> "https://" + Integer.toHexString(id.hashCode()) + ".invalid/");
    }

    @CheckForNull
    String get(String name) {
        if (name.startsWith(SECRETS)) { // once: a look-up may be slow, and Jenkins records it
            return secretsUsed.computeIfAbsent(name, known -> secrets.apply(known.substring(SECRETS.length())));
        }
        if (OF_THE_BODY.matcher(name).matches()) {
            return get(CONTEXT + name.substring(ARMORY.length()));
        }
        return name.equals(CALLBACK_TOKEN) ? secretsUsed.computeIfAbsent(name, values::get) : values.get(name);
    }

    /** Returns a secret that is in no text of the request, {@code null} if there is none of that id. */
    @CheckForNull
    String secret(String id) {
        return secrets.apply(id);
    }

    /** Returns the values that were used and must not be shown. */
    Collection<String> secretsUsed() {
        return Collections.unmodifiableCollection(secretsUsed.values());
    }

    /** Returns the values of {@code {{context.*}}}, without the namespace. */
    Map<String, String> context() {
        var context = new LinkedHashMap<String, String>();
        values.forEach((name, value) -> {
            if (name.startsWith(CONTEXT)) {
                context.put(name.substring(CONTEXT.length()), value);
            }
        });
        return Collections.unmodifiableMap(context);
    }

    /** Returns a hint for a variable that has no value. */
    String hint(String name) {
        if (name.startsWith(CONTEXT)) {
            return "add \"" + name.substring(CONTEXT.length()) + "\" to context";
        }
        if (name.startsWith(SECRETS)) {
            return "there is no Secret text credential \"" + name.substring(SECRETS.length())
                    + "\" that this job may use";
        }
        if (OF_THE_BODY.matcher(name).matches()) {
            String key = name.substring(ARMORY.length());
            return "return [\"" + key + "\": ...] from the body of armoryDeployment, or add \"" + key + "\" to context";
        }
        if (isOfAnswer(name)) {
            return "the templates of status and cancel alone know it, once the webhook has answered with it";
        }
        if (name.equals(ENVIRONMENT_NAME)) {
            return "run the step in a stage, or give it an environment";
        }
        if (name.equals(VERSION)) {
            return "give armoryEnvironment around the step, or armoryDeployment, a version";
        }
        if (name.equals(APPLICATION)) {
            return "run the step in armoryEnvironment";
        }
        if (name.equals(ACCOUNT_NAME) || name.equals(NAMESPACE)) {
            return "it is known from the target of a deployment file, which armoryDeployment runs";
        }
        return "known are "
                + values.keySet().stream().map(each -> "{{" + each + "}}").collect(Collectors.joining(", "));
    }
}
