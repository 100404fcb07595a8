package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The approval of one person, of as many as are required.
 *
 * @param user id of the person
 * @param comment may be empty
 * @param at when the person approved
 * @param rules the rules of the requirement that the person counted for then; a person counts for one of them
 */
@Restricted(NoExternalUse.class)
public record Vote(
        @JsonProperty("user") String user,
        @JsonProperty("comment") String comment,
        @JsonProperty("at") Instant at,
        @JsonProperty("rules") List<Integer> rules) {

    public Vote {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(comment, "comment");
        Objects.requireNonNull(at, "at");
        rules = List.copyOf(rules);
    }

    /**
     * Returns the names of the people for a sentence: {@code alice}, {@code alice and bob}, {@code alice, bob and
     * carol}.
     */
    public static String names(List<Vote> votes) {
        List<String> users = votes.stream().map(Vote::user).toList();
        int last = users.size() - 1;
        return last < 1
                ? String.join("", users)
                : String.join(", ", users.subList(0, last)) + " and " + users.get(last);
    }

    /** Returns the approval of all these people as one verdict. With several people, each comment has its author. */
    static Decision together(List<Vote> votes) {
        String comments = votes.size() == 1
                ? votes.get(0).comment()
                : votes.stream()
                        .filter(vote -> !vote.comment().isEmpty())
                        .map(vote -> vote.user() + ": " + vote.comment())
                        .collect(Collectors.joining("\n\n"));
        return new Decision(
                Decision.Outcome.SUCCESS,
                comments,
                names(votes),
                votes.get(votes.size() - 1).at());
    }
}
