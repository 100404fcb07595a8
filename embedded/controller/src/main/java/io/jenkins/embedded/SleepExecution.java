package io.jenkins.embedded;

import hudson.model.TaskListener;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** {@code sleep}: until a certain time, so that time during which the controller was down counts. */
final class SleepExecution extends StepExecution {
    private static final long serialVersionUID = 1;

    private final long end;
    private transient Future<?> timer;

    SleepExecution(StepContext context, long millis) {
        super(context);
        end = System.currentTimeMillis() + millis;
    }

    @Override
    public boolean start() throws Exception {
        long seconds = TimeUnit.MILLISECONDS.toSeconds(end - System.currentTimeMillis() + 500);
        getContext().get(TaskListener.class).getLogger().println("Sleeping for " + seconds + " sec");
        onResume();
        return false;
    }

    @Override
    public void onResume() {
        timer = Timer.get()
                .schedule(() -> getContext().onSuccess(null), end - System.currentTimeMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop(Throwable cause) {
        timer.cancel(false);
        getContext().onFailure(cause);
    }
}
