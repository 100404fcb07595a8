package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.SimpleParameterDefinition;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.config.form.InputParameters;
import io.jenkins.plugins.armory.webhook.text.Bound;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the people who approve fill in. The first of them decides the values; the others agree to them. Its view is the
 * form for the dialog of the pages, made of the views of Jenkins's parameter definitions.
 */
@Restricted(NoExternalUse.class)
public final class ApprovalInputs {

    /** Refuses two values for one parameter: it is unknown which of them the person meant. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Approval approval;
    private final List<SimpleParameterDefinition> definitions;

    /** @throws IllegalArgumentException if Jenkins does not know the type of a parameter any more */
    ApprovalInputs(Approval approval) {
        this.approval = approval;
        ManualRequirement manual = approval.manual();
        definitions = manual == null
                ? List.of()
                : manual.inputs().stream().map(InputParameters::of).toList();
    }

    /**
     * Returns the parameter {@code inputs}, {@code null} if it is not given. Several together are no JSON object, so
     * none of them counts.
     */
    @CheckForNull
    static String given(HttpServletRequest request) {
        String[] texts = request.getParameterValues("inputs");
        return texts == null ? null : String.join("\n", texts);
    }

    public List<SimpleParameterDefinition> getDefinitions() {
        return definitions;
    }

    /**
     * Returns the values that a person approves. Where nothing is given, these are the values that were approved
     * before, else the defaults.
     *
     * @param given a JSON object with texts and booleans, {@code null} for none
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    Map<String, Object> valuesOf(@CheckForNull String given) {
        if (isNothing(given)) {
            return approval.votes().isEmpty() && !approval.isDecided()
                    ? values(JSON.createObjectNode())
                    : approval.inputs();
        }
        return values(parse(given));
    }

    /**
     * Returns the values that an override approves: those of {@link #valuesOf}. Where Jenkins does not know the type of
     * a parameter any more, they are those of the people who have approved, else none: a plugin that is gone must not
     * keep an administrator from deciding.
     *
     * @throws IllegalArgumentException naming the parameter that is wrong, or whose given value cannot be checked
     */
    static Map<String, Object> ofOverride(Approval approval, @CheckForNull String given) {
        ApprovalInputs inputs;
        try {
            inputs = new ApprovalInputs(approval);
        } catch (IllegalArgumentException x) {
            if (isNothing(given) || parse(given).equals(JsonResponse.treeOf(approval.inputs()))) {
                return approval.inputs();
            }
            throw x;
        }
        return inputs.valuesOf(given);
    }

    /** Returns the answer to a person who approves with other inputs than the people before. It has their inputs. */
    static JsonResponse others(Approval approval, String message) {
        JsonResponse answer = JsonResponse.error(409, "other_inputs", message);
        answer.body().set("inputs", JsonResponse.treeOf(approval.inputs()));
        return answer;
    }

    /** @throws IllegalArgumentException if something is given with a decision that takes no inputs */
    static void checkNone(@CheckForNull String given) {
        if (!isNothing(given)) {
            throw new IllegalArgumentException(Messages.ApprovalInputs_notHere());
        }
    }

    /**
     * @throws IllegalArgumentException if what a person writes with a decision is too long, or has half of a surrogate
     *     pair
     */
    static void checkText(String field, String text) {
        if (text.length() > Bound.TEXT.most()) {
            throw new IllegalArgumentException(Messages.Decision_tooLong(field, String.valueOf(Bound.TEXT.most())));
        } else if (!Bound.isWhole(text)) {
            throw new IllegalArgumentException(Messages.Decision_broken(field));
        }
    }

    private static boolean isNothing(@CheckForNull String given) {
        return given == null || given.isBlank();
    }

    private static ObjectNode parse(String given) {
        if (given.length() > Bound.TEXT.most()) {
            throw new IllegalArgumentException(Messages.ApprovalInputs_tooLong(String.valueOf(Bound.TEXT.most())));
        }
        try {
            if (JSON.readTree(given) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException x) {
            throw new IllegalArgumentException(Messages.ApprovalInputs_notJson(x.getOriginalMessage()), x);
        }
        throw new IllegalArgumentException(Messages.ApprovalInputs_notObject());
    }

    private Map<String, Object> values(ObjectNode given) {
        List<String> names =
                definitions.stream().map(SimpleParameterDefinition::getName).toList();
        given.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        names.isEmpty()
                                ? Messages.ApprovalInputs_none(name)
                                : Messages.ApprovalInputs_unknown(name, String.join(", ", names)));
            }
        });
        Map<String, Object> values = new LinkedHashMap<>();
        for (SimpleParameterDefinition definition : definitions) {
            String name = definition.getName();
            JsonNode value = given.get(name);
            if (value != null && !value.isTextual() && !value.isBoolean()) {
                throw new IllegalArgumentException(Messages.ApprovalInputs_type(name));
            }
            if (value != null && !Bound.isWhole(value.asText())) {
                throw new IllegalArgumentException(Messages.Decision_broken(name));
            }
            values.put(
                    name,
                    value == null
                            ? InputParameters.defaultOf(definition)
                            : InputParameters.valueOf(definition, value.asText()));
        }
        return values;
    }
}
