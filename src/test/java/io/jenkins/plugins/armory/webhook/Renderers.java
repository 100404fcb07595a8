package io.jenkins.plugins.armory.webhook;

import java.util.Optional;
import java.util.Set;

/** Requests without certificates, whose answers have no values for further calls. */
public final class Renderers {

    private Renderers() {}

    public static RequestRenderer of(Webhook webhook, Variables variables) {
        return of(webhook, variables, Set.of());
    }

    /** @param wanted see {@link RequestRenderer} */
    public static RequestRenderer of(Webhook webhook, Variables variables, Set<String> wanted) {
        return new RequestRenderer(
                webhook, variables, new RequestRenderer.Material(id -> null, id -> null, Optional.empty()), wanted);
    }
}
