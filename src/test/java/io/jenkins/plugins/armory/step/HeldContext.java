package io.jenkins.plugins.armory.step;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import io.jenkins.plugins.armory.step.flow.DetachedContext;
import java.util.Map;

/** The context of a step without a build. The test decides when its program is saved. */
public final class HeldContext extends DetachedContext {

    private static final long serialVersionUID = 1L;

    private final transient Map<Class<?>, Object> values;
    private final transient SettableFuture<Void> saved = SettableFuture.create();
    private final transient SettableFuture<Throwable> failure = SettableFuture.create();

    /** @param values what the step gets from its context, by their classes */
    public HeldContext(Map<Class<?>, Object> values) {
        this.values = values;
    }

    /** Returns the save of the program, for the test to complete. */
    public SettableFuture<Void> saved() {
        return saved;
    }

    /** Returns the failure of the step. */
    public SettableFuture<Throwable> failure() {
        return failure;
    }

    @Override
    public <T> T get(Class<T> key) {
        return key.cast(values.get(key));
    }

    @Override
    public ListenableFuture<Void> saveState() {
        return saved;
    }

    @Override
    public void onSuccess(Object result) {
        failure.setException(new AssertionError("The step ended with " + result));
    }

    @Override
    public void onFailure(Throwable cause) {
        failure.set(cause);
    }
}
