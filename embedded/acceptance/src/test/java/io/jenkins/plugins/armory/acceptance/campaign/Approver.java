package io.jenkins.plugins.armory.acceptance.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The external process of one approval: what it says, again and again until there is an answer, and what it was
 * answered.
 */
final class Approver {

    /** What a person says. */
    static final String COMMENT = "go " + Hostile.TEXT;

    private final String name;
    private final Callback callback;
    private final List<Said> said = new CopyOnWriteArrayList<>();
    private final List<Answer> personSaid = new CopyOnWriteArrayList<>();
    private final AtomicInteger messages = new AtomicInteger();

    /** @param name of the approval's webhook */
    Approver(String name, Callback callback) {
        this.name = name;
        this.callback = callback;
    }

    String name() {
        return name;
    }

    /** Of the approval. */
    String id() {
        return callback.id();
    }

    List<Said> said() {
        return List.copyOf(said);
    }

    /** Calls back, each time with another message. */
    void say(boolean success) {
        int number = messages.incrementAndGet();
        String message = Hostile.message(name + "-" + id() + "-" + number, number);
        Answer answer = Answer.patiently(() -> callback.send(Hostile.body(success, message)));
        said.add(new Said(success, message, answer));
    }

    /** Has a person approve. */
    void letPersonApprove(Build build) {
        JsonNode approval = JsonNodeFactory.instance.objectNode().put("id", id());
        personSaid.add(Answer.patiently(() -> build.decide(approval, "approve", COMMENT)));
    }

    /** What the person was answered. */
    List<Answer> personSaid() {
        return List.copyOf(personSaid);
    }
}
