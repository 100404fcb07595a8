package hudson.model;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An object that actions can be added to. */
public abstract class Actionable implements ModelObject {
    private final transient List<Action> actions = new CopyOnWriteArrayList<>();

    public List<Action> getActions() {
        return actions;
    }

    public void addAction(Action a) {
        getActions().add(a);
    }

    public <T extends Action> List<T> getActions(Class<T> type) {
        return getActions().stream().filter(type::isInstance).map(type::cast).toList();
    }

    public <T extends Action> T getAction(Class<T> type) {
        return getActions().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElse(null);
    }
}
