package io.jenkins.plugins.armory.part.file;

import static io.jenkins.plugins.armory.part.file.Type.Simple.ANY;
import static io.jenkins.plugins.armory.part.file.Type.Simple.CONTEXT;
import static io.jenkins.plugins.armory.part.file.Type.Simple.FLAG;
import static io.jenkins.plugins.armory.part.file.Type.Simple.LISTED_NAME;
import static io.jenkins.plugins.armory.part.file.Type.Simple.NAME;
import static io.jenkins.plugins.armory.part.file.Type.Simple.TEXT;
import static io.jenkins.plugins.armory.part.file.Type.Simple.VALUE;

import io.jenkins.plugins.armory.part.file.Type.Either;
import io.jenkins.plugins.armory.part.file.Type.Field;
import io.jenkins.plugins.armory.part.file.Type.ListOf;
import io.jenkins.plugins.armory.part.file.Type.MapOf;
import io.jenkins.plugins.armory.part.file.Type.Number;
import io.jenkins.plugins.armory.part.file.Type.Reference;
import io.jenkins.plugins.armory.part.file.Type.Shape;
import io.jenkins.plugins.armory.part.file.Type.Word;
import io.jenkins.plugins.armory.webhook.WebhookRules;
import java.util.List;
import java.util.Map;

/**
 * The table of the fields of a deployment file: those of Armory's schema, and {@code context} and {@code
 * bodyTemplate.path} of a webhook. {@link FieldReader} reads a file by it. The table in {@code
 * docs/deployment-files.md} and {@code docs/deployment-file.schema.json} follow from it.
 */
final class Fields {

    /** Spellings in a part of Armory's documentation, with the usual ones. */
    static final Map<String, String> SPELLINGS = Map.of(
            "units", "unit", "requiresRole", "requiresRoles", "shutdownOldVersionAfter", "shutDownOldVersionAfter");

    static final String TARGETS = "targets";
    static final String STRATEGIES = "strategies";
    static final String WEBHOOKS = "webhooks";
    static final String QUERIES = "analysis.queries";

    /** What a pause may be, since it is one of two things. */
    static final String SOME_PAUSE = "{untilApproved: true} or {duration: 30, unit: minutes}";

    /** The amount of a time: a year has so many seconds. */
    private static final Type AMOUNT = new Number(1, 31_536_000);

    private static final Type UNIT = word("seconds", "minutes", "hours", "second", "minute", "hour");
    private static final Type MODE = word("automatic", "manual");
    private static final Type TARGET_NAMES = new ListOf(0, new Reference(NAME, TARGETS));

    private static final Shape TIME = new Shape(
            "{duration: 30, unit: minutes}",
            false,
            List.of(required("duration", AMOUNT, "at most 365 days"), required("unit", UNIT)));

    private static final Field SET_WEIGHT = field(
            "setWeight",
            Shape.of(required("weight", new Number(0, 100), "the share of the new version, in percent")),
            "the body, with that action");

    private static final Field PAUSE = field(
            "pause",
            new Shape(
                    SOME_PAUSE,
                    false,
                    List.of(
                            field("untilApproved", FLAG, "an approval by a person"),
                            field("requiresRoles", new ListOf(1, LISTED_NAME), "the users and groups who may decide"),
                            field(
                                    "requiresRole",
                                    new Either(LISTED_NAME, new ListOf(1, LISTED_NAME)),
                                    "another spelling"),
                            field("approvalExpiration", TIME, "the timeout; 24 hours without it"),
                            field("duration", AMOUNT, "a pause, which goes on while Jenkins is down"),
                            field("unit", UNIT))));

    private static final Field RUN_WEBHOOK = field(
            "runWebhook",
            Shape.of(
                    required("name", new Reference(NAME, WEBHOOKS)),
                    field("context", CONTEXT, "values of `{{context.*}}` for this call")),
            "a webhook approval");

    private static final Field ANALYSIS = field(
            "analysis",
            Shape.of(
                    required("interval", AMOUNT),
                    required("unit", UNIT),
                    required(
                            "numberOfJudgmentRuns", new Number(1, Integer.MAX_VALUE), "how many times each query runs"),
                    required("queries", new ListOf(1, new Reference(LISTED_NAME, QUERIES))),
                    field("metricProviderName", NAME),
                    field("lookbackMethod", word("growing", "sliding")),
                    field("rollBackMode", MODE),
                    field("rollForwardMode", MODE),
                    field("abortOnFailedJudgment", FLAG),
                    field("context", CONTEXT)),
            "the body, with that action");

    private static final Field EXPOSE_SERVICES = field(
            "exposeServices",
            Shape.of(required("services", new ListOf(1, LISTED_NAME)), field("ttl", TIME, "5 minutes without it")),
            "the body, with that action");

    private static final Type CONDITIONS = new ListOf(0, Shape.oneOf(PAUSE, RUN_WEBHOOK, ANALYSIS));
    private static final Type BLUE_GREEN_CONDITIONS =
            new ListOf(0, Shape.oneOf(PAUSE, RUN_WEBHOOK, ANALYSIS, EXPOSE_SERVICES));

    private static final Shape TARGET = Shape.of(
            required("account", NAME, "the account that is deployed to"),
            field("namespace", NAME),
            required("strategy", new Reference(NAME, STRATEGIES)),
            field(
                    "constraints",
                    Shape.of(
                            field("dependsOn", TARGET_NAMES, "the targets that must be complete first"),
                            field("beforeDeployment", CONDITIONS),
                            field("afterDeployment", CONDITIONS))),
            field("region", NAME, "with kind: lambda"),
            field("deployAsIamRole", NAME, "with kind: lambda"));

    private static final Shape STRATEGY = Shape.oneOf(
            field(
                    "canary",
                    Shape.of(required(
                            "steps",
                            new ListOf(0, Shape.oneOf(SET_WEIGHT, PAUSE, RUN_WEBHOOK, ANALYSIS, EXPOSE_SERVICES)),
                            "one after the other; [] deploys at once"))),
            field(
                    "blueGreen",
                    Shape.of(
                            field("redirectTrafficAfter", BLUE_GREEN_CONDITIONS),
                            field("shutDownOldVersionAfter", BLUE_GREEN_CONDITIONS),
                            field("activeService", NAME),
                            field("previewService", NAME))));

    private static final Shape WEBHOOK = Shape.of(
            required("name", NAME, "what people will know the webhook by"),
            field("method", new Word(WebhookRules.METHODS)),
            required("uriTemplate", TEXT, "the address to call, such as https://ci.example.com/start"),
            field("networkMode", word("direct", "remoteNetworkAgent")),
            field("agentIdentifier", TEXT),
            field("headers", new ListOf(0, Shape.of(required("key", TEXT), required("value", VALUE)))),
            field("bodyTemplate", new Either(TEXT, Shape.oneOf(field("inline", TEXT), field("path", TEXT)))),
            field("retryCount", new Number(0, Integer.MAX_VALUE)),
            field("disableCallback", FLAG),
            field("context", CONTEXT));

    private static final Shape DEPLOYMENT_CONFIG = Shape.of(
            field("timeout", TIME, "the time limit of each action"),
            unused("keepDeploymentObject", FLAG),
            field(
                    "ifDeploymentInProgress",
                    Shape.of(required("strategy", word("reject", "enqueueOne"))),
                    "nothing; use disableConcurrentBuilds() in the Pipeline"));

    private static final Shape QUERY = Shape.of(
            required("name", NAME),
            field("queryTemplate", ANY),
            field("upperLimit", ANY),
            field("lowerLimit", ANY),
            field("metricProviderName", ANY));

    private static final Shape TRAFFIC_MANAGEMENT = Shape.of(
            field("targets", TARGET_NAMES),
            field("alias", ANY),
            field("smi", listOf("rootServiceName", "canaryServiceName", "trafficSplitName")),
            field("kubernetes", listOf("activeService", "previewService")),
            field(
                    "istio",
                    new ListOf(
                            0,
                            Shape.of(
                                    field("virtualService", shapeOf("name", "httpRouteName")),
                                    field(
                                            "destinationRule",
                                            shapeOf("name", "activeSubsetName", "canarySubsetName"))))));

    static final Shape FILE = new Shape(
            "a mapping with sections such as targets and strategies",
            false,
            List.of(
                    field("version", word("v1")),
                    field("kind", word("kubernetes", "lambda")),
                    unused("application", ANY),
                    required(TARGETS, new MapOf(TARGET), "what to deploy to; each is an environment and a stage"),
                    field(STRATEGIES, new MapOf(STRATEGY)),
                    field(WEBHOOKS, new ListOf(0, WEBHOOK)),
                    field("context", CONTEXT, "values of `{{context.*}}` for all webhooks"),
                    field("contextOverrides", CONTEXT, "replace those of context"),
                    field("deploymentConfig", DEPLOYMENT_CONFIG),
                    field(
                            "targetFilters",
                            new ListOf(1, Shape.of(required("includeTarget", new Reference(NAME, TARGETS)))),
                            "the only targets to deploy to"),
                    field(
                            "analysis",
                            Shape.of(
                                    field(
                                            "defaultMetricProviderName",
                                            NAME,
                                            "the metricProviderName of an analysis without one"),
                                    unused("queries", new ListOf(0, QUERY)))),
                    unused("files", ANY),
                    unused(
                            "manifests",
                            new ListOf(
                                    0,
                                    Shape.of(
                                            field("path", ANY), field("inline", ANY), field("targets", TARGET_NAMES)))),
                    unused("trafficManagement", new ListOf(0, TRAFFIC_MANAGEMENT)),
                    unused("artifacts", listOf("functionName", "path", "type")),
                    unused(
                            "providerOptions",
                            Shape.of(
                                    field("lambda", listOf("name", "target", "runAsIamRole", "handler", "runtime"))))));

    private Fields() {}

    private static Field field(String name, Type type, String meaning) {
        return new Field(name, type, false, false, meaning);
    }

    private static Field field(String name, Type type) {
        return field(name, type, "");
    }

    private static Field required(String name, Type type) {
        return required(name, type, "");
    }

    private static Field required(String name, Type type, String meaning) {
        return new Field(name, type, true, false, meaning);
    }

    private static Field unused(String name, Type type) {
        return new Field(name, type, false, true, "");
    }

    private static Type word(String... words) {
        return new Word(List.of(words));
    }

    private static Type listOf(String... fields) {
        return new ListOf(0, shapeOf(fields));
    }

    /** Returns a shape with fields that are not looked into. */
    private static Shape shapeOf(String... fields) {
        return Shape.of(List.of(fields).stream().map(name -> field(name, ANY)).toArray(Field[]::new));
    }
}
