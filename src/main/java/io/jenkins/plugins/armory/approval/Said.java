package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The verdicts on an approval.
 *
 * @param callback the verdict of the external process, through any of its channels; {@code null} while there is none
 * @param data the data of that callback as the text of a JSON object, {@code null} if it has none
 * @param votes the approvals of people, in their order; each counts for a rule, so there are at most as many as are required
 * @param inputs what the first of these people filled in and the others agreed to, by name; texts and booleans
 * @param rejection the rejection by a person, {@code null} while there is none
 * @param decision the decision; present in state DECIDED and in no other
 */
@Restricted(NoExternalUse.class)
public record Said(
        @CheckForNull @JsonProperty("callback") Decision callback,
        @CheckForNull @JsonProperty("data") String data,
        @JsonProperty("votes") List<Vote> votes,
        @JsonProperty("inputs") Map<String, Object> inputs,
        @CheckForNull @JsonProperty("rejection") Decision rejection,
        @CheckForNull @JsonProperty("decision") Decision decision) {

    public static final Said NOTHING = new Said(null, null, List.of(), Map.of(), null, null);

    public Said {
        votes = List.copyOf(votes);
        inputs = inputs.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    }

    Said withCallback(Decision said, @CheckForNull String itsData) {
        return new Said(said, itsData, votes, inputs, rejection, decision);
    }

    Said withVote(Vote vote, Map<String, Object> itsInputs) {
        var all = new ArrayList<Vote>(votes);
        all.add(vote);
        return new Said(callback, data, all, itsInputs, rejection, decision);
    }

    Said withInputs(Map<String, Object> given) {
        return new Said(callback, data, votes, given, rejection, decision);
    }

    Said withRejection(Decision said) {
        return new Said(callback, data, votes, inputs, said, decision);
    }

    Said withDecision(Decision decided) {
        return new Said(callback, data, votes, inputs, rejection, decided);
    }
}
