package hudson.security;

import jenkins.model.IdStrategy;

/** Where users come from. */
public abstract class SecurityRealm {

    public IdStrategy getUserIdStrategy() {
        return IdStrategy.CASE_INSENSITIVE;
    }

    public IdStrategy getGroupIdStrategy() {
        return getUserIdStrategy();
    }
}
