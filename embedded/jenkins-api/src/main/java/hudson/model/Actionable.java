package hudson.model;

import java.util.ArrayList;
import java.util.List;

/** An object that actions can be added to. */
public abstract class Actionable implements ModelObject {
    private final transient List<Action> actions = new ArrayList<>();

    public List<Action> getActions() {
        return actions;
    }

    public void addAction(Action a) {
        getActions().add(a);
    }

    /** The first action of that type, or null. */
    public <T extends Action> T getAction(Class<T> type) {
        return getActions().stream().filter(type::isInstance).map(type::cast).findFirst().orElse(null);
    }
}
