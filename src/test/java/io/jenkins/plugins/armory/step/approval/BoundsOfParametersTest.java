package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.config.form.AnswerDefinition;
import io.jenkins.plugins.armory.config.form.ApprovalRule;
import io.jenkins.plugins.armory.config.form.BodyTemplate;
import io.jenkins.plugins.armory.config.form.CancelDefinition;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.config.form.ManualApproval;
import io.jenkins.plugins.armory.config.form.Parameter;
import io.jenkins.plugins.armory.config.form.RetryDefinition;
import io.jenkins.plugins.armory.config.form.StatusDefinition;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each parameter of a step that takes a text or a list has a bound, also those of nested objects. */
class BoundsOfParametersTest {

    /** What is no text of its own: words of a list, and parameters of Jenkins. */
    private static final Set<String> OTHERS = Set.of(
            "method",
            "cancel.method",
            "phase",
            "networkMode",
            "retry.on",
            "cancel.retry.on",
            "manualApproval.parameters");

    /** The parameters that may have a text, where all others have a line. */
    private static final Set<String> TEXTS =
            Set.of("uriTemplate", "headers", "bodyTemplate.inline", "inline", "context", "message");

    /** What a text begins with where not every text means something. */
    private static final Map<String, String> STARTS =
            Map.of("uriTemplate", "https://ci/", "pointer", "/", "location", "/", "success", "2", "failure", "4");

    /** The objects that have the parameters, with what they need. */
    private static final Map<Class<?>, Supplier<Object>> OBJECTS = Map.of(
            AnswerDefinition.class,
            () -> {
                var answer = new AnswerDefinition();
                answer.setPointer("/state");
                answer.setEquals(List.of("done"));
                return answer;
            },
            StatusDefinition.class,
            () -> {
                var status = new StatusDefinition();
                status.setUriTemplate("{{armory.answerLocation}}");
                status.setPointer("/state");
                status.setSuccess(List.of("done"));
                return status;
            },
            CancelDefinition.class,
            CancelDefinition::new,
            BodyTemplate.class,
            BodyTemplate::new,
            ApprovalRule.class,
            ApprovalRule::new,
            RetryDefinition.class,
            RetryDefinition::new,
            ManualApproval.class,
            () -> {
                var manual = new ManualApproval();
                manual.setMessage("Go?");
                return manual;
            });

    static List<String> parameters() {
        List<String> paths = paths(ArmoryWebhookApprovalStep.class, "");
        paths.removeAll(OTHERS);
        assertThat(paths)
                .contains("name", "status.headers", "cancel.bodyTemplate.inline", "manualApproval.rules.submitters");
        return paths;
    }

    /** Returns the parameters that take a text, or a list of texts, keys and values. */
    private static List<String> paths(Class<?> type, String start) {
        var paths = new ArrayList<String>();
        Parameter.of(type).forEach((name, parameter) -> {
            Class<?> nested = parameter.nested() != null ? parameter.nested() : parameter.elementClass();
            if (nested != null && OBJECTS.containsKey(nested)) {
                paths.addAll(paths(nested, start + name + '.'));
            } else if (parameter.type() == String.class || parameter.element() != null) {
                paths.add(start + name);
            }
        });
        return paths;
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void whatIsBeyondTheBoundIsRefused(String path) {
        Bound bound = TEXTS.contains(path.substring(path.lastIndexOf('.') + 1)) ? Bound.TEXT : Bound.LINE;
        Parameter parameter = parameterOf(path);
        String start = STARTS.getOrDefault(path.substring(path.lastIndexOf('.') + 1), "");
        String longest = start + "n".repeat(bound.most() - start.length() - (parameter.elementClass() == null ? 0 : 1));

        assertThat(problemOf(path, valueOf(parameter, longest)))
                .doesNotContain("is longer than", "half of a character");
        assertThat(problemOf(path, valueOf(parameter, longest + 'n')))
                .contains("is longer than " + bound.most() + " characters: it has " + (bound.most() + 1));
        assertThat(problemOf(path, valueOf(parameter, start + "\ud800"))).contains("has half of a character (\\ud800");
        if (parameter.element() != null && !path.endsWith("headers")) {
            assertThat(problemOf(path, entries(parameter, start, Bound.LIST.most())))
                    .doesNotContain("is longer than");
            assertThat(problemOf(path, entries(parameter, start, Bound.LIST.most() + 1)))
                    .contains("is longer than 1000 entries: it has 1001");
        }
    }

    private static Parameter parameterOf(String path) {
        Class<?> type = ArmoryWebhookApprovalStep.class;
        Parameter parameter = null;
        for (String name : path.split("\\.")) {
            parameter = Parameter.of(type).get(name);
            type = parameter.nested() != null ? parameter.nested() : parameter.elementClass();
        }
        return parameter;
    }

    private static Object valueOf(Parameter parameter, String text) {
        if (parameter.elementClass() == KeyValue.class) {
            return List.of(new KeyValue("k", text));
        }
        return parameter.element() == null ? text : List.of(text);
    }

    private static List<?> entries(Parameter parameter, String start, int count) {
        var entries = new ArrayList<Object>();
        for (int i = 0; i < count; i++) {
            entries.add(parameter.elementClass() == KeyValue.class ? new KeyValue("k" + i, "v") : start + i);
        }
        return entries;
    }

    /** Returns what a step says of a value, an empty text for nothing. */
    private static String problemOf(String path, Object value) {
        try {
            var step = new ArmoryWebhookApprovalStep();
            if (!path.equals("webhook")) {
                step.setName("tests");
                step.setUriTemplate("https://ci/");
            }
            step.setAllowedCallers(List.of("client-1"));
            set(step, new ArrayList<>(Arrays.asList(path.split("\\."))), value);
            ApprovalFactory.terms(step.requirePhase(), step.getEnvironment(), step, step.inline(), false);
            new OutgoingCalls(null, null, step.status(), null, step.contextMap(), Map.of());
            step.answer();
            step.cancel();
            return "";
        } catch (IllegalArgumentException x) {
            return x.getMessage();
        } catch (Exception x) {
            throw new AssertionError(x);
        }
    }

    private static void set(Object object, List<String> path, Object value) throws ReflectiveOperationException {
        Parameter parameter = Parameter.of(object.getClass()).get(path.remove(0));
        if (path.isEmpty()) {
            parameter.setter().invoke(object, value);
            return;
        }
        boolean isList = parameter.nested() == null;
        Object inner = OBJECTS.get(isList ? parameter.elementClass() : parameter.nested())
                .get();
        if (inner instanceof CancelDefinition cancel && !path.get(0).equals("webhook")) {
            cancel.setUriTemplate("https://ci/");
        }
        set(inner, path, value);
        parameter.setter().invoke(object, isList ? Collections.singletonList(inner) : inner);
    }
}
