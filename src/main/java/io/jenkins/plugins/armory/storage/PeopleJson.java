package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.InputDefinition;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Said;
import io.jenkins.plugins.armory.approval.Vote;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The part of {@link ApprovalJson} that is about people: what is required of them, and what they have said. */
final class PeopleJson {

    private static final String MANUAL = "manual";
    private static final String INPUTS = "inputs";
    private static final String PERSON = "person";
    private static final String REQUESTERS = "requesters";

    private PeopleJson() {}

    static void write(JsonGenerator json, @CheckForNull ManualRequirement manual) throws IOException {
        if (manual == null) {
            return;
        }
        json.writeObjectFieldStart(MANUAL);
        json.writeStringField("message", manual.message());
        ApprovalJson.writeTexts(json, "submitters", manual.submitters());
        json.writeNumberField("required", manual.required());
        List<String> requesters = manual.requesters();
        if (requesters != null) {
            ApprovalJson.writeTexts(json, REQUESTERS, requesters);
        }
        if (!manual.inputs().isEmpty()) {
            json.writeArrayFieldStart(INPUTS);
            for (InputDefinition input : manual.inputs()) {
                json.writeStartObject();
                json.writeStringField("name", input.name());
                json.writeStringField("definition", input.definition());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    @CheckForNull
    static ManualRequirement manual(JsonNode json) {
        JsonNode manual = json.get(MANUAL);
        if (manual == null) {
            return null;
        }
        var inputs = new ArrayList<InputDefinition>();
        manual.path(INPUTS)
                .forEach(input -> inputs.add(
                        new InputDefinition(ApprovalJson.text(input, "name"), ApprovalJson.text(input, "definition"))));
        return new ManualRequirement(
                ApprovalJson.text(manual, "message"),
                ApprovalJson.texts(manual.required("submitters")),
                manual.path("required").asInt(1),
                manual.has(REQUESTERS) ? ApprovalJson.texts(manual.get(REQUESTERS)) : null,
                inputs);
    }

    static void write(JsonGenerator json, Said said) throws IOException {
        ApprovalJson.write(json, PERSON, said.rejection());
        if (!said.votes().isEmpty()) {
            json.writeArrayFieldStart("votes");
            for (Vote vote : said.votes()) {
                json.writeStartObject();
                json.writeStringField("user", vote.user());
                json.writeStringField("comment", vote.comment());
                json.writeStringField("at", vote.at().toString());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        if (!said.inputs().isEmpty()) {
            json.writeObjectFieldStart(INPUTS);
            for (Map.Entry<String, Object> input : said.inputs().entrySet()) {
                if (input.getValue() instanceof Boolean flag) {
                    json.writeBooleanField(input.getKey(), flag);
                } else {
                    json.writeStringField(input.getKey(), (String) input.getValue());
                }
            }
            json.writeEndObject();
        }
    }

    static Said said(
            JsonNode json,
            @CheckForNull Decision callback,
            @CheckForNull String data,
            @CheckForNull Decision decision) {
        var votes = new ArrayList<Vote>();
        json.path("votes")
                .forEach(vote -> votes.add(new Vote(
                        ApprovalJson.text(vote, "user"),
                        ApprovalJson.text(vote, "comment"),
                        Instant.parse(ApprovalJson.text(vote, "at")))));
        var inputs = new LinkedHashMap<String, Object>();
        json.path(INPUTS)
                .fields()
                .forEachRemaining(input -> inputs.put(
                        input.getKey(),
                        input.getValue().isBoolean()
                                ? (Object) input.getValue().booleanValue()
                                : input.getValue().asText()));
        Decision person = ApprovalJson.decision(json, PERSON);
        if (person != null && person.isSuccess()) { // as it was written when one person was enough
            votes.add(new Vote(person.decidedBy(), person.mdMessage(), person.decidedAt()));
            person = null;
        }
        return new Said(callback, data, votes, inputs, person, decision);
    }
}
