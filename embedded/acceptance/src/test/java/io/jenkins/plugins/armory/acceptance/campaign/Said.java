package io.jenkins.plugins.armory.acceptance.campaign;

import io.jenkins.plugins.armory.acceptance.driver.Answer;

/** A callback and the answer to it that was final: any but 5xx, after which it is sent again. */
record Said(boolean success, String message, Answer answer) {

    private static final int OK = 200;

    boolean isAccepted() {
        return answer.status() == OK;
    }

    boolean isDuplicate() {
        return answer.json().get("duplicate").asBoolean();
    }
}
