package io.jenkins.plugins.armory.callback;

import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.part.signature.SignatureVerifier;
import java.time.Clock;
import java.util.List;

/** The identification of callers by their tokens alone. */
public final class ByToken {

    private ByToken() {}

    public static CallerIdentification identification(List<TokenVerifier> tokens) {
        return new CallerIdentification(tokens, new SignatureVerifier(approval -> List.of(), Clock.systemUTC()));
    }
}
