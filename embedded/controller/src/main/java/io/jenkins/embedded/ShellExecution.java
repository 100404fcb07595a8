package io.jenkins.embedded;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.model.TaskListener;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** {@code sh}: runs a script in the workspace. Its process is a child of the controller, so it does not survive it. */
final class ShellExecution extends StepExecution {
    private static final long serialVersionUID = 1;

    private final String script;
    private final File workspace;
    private final boolean returnStdout;
    private final boolean returnStatus;
    private transient volatile Process process;

    ShellExecution(StepContext context, String script, File workspace, boolean returnStdout, boolean returnStatus) {
        super(context);
        this.script = script;
        this.workspace = workspace;
        this.returnStdout = returnStdout;
        this.returnStatus = returnStatus;
    }

    @Override
    public boolean start() throws Exception {
        var environment = getContext().get(EnvVars.class);
        var log = getContext().get(TaskListener.class).getLogger();
        var builder = new ProcessBuilder("/bin/sh", "-xec", script)
                .directory(workspace)
                .redirectErrorStream(!returnStdout);
        builder.environment().putAll(environment);
        process = builder.start();
        process.getOutputStream().close();
        PipelineBuild.THREADS.execute(() -> await(log));
        return false;
    }

    private void await(OutputStream log) {
        try {
            if (returnStdout) {
                PipelineBuild.THREADS.execute(() -> copy(process.getErrorStream(), log));
                var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                end(process.waitFor(), output);
            } else {
                copy(process.getInputStream(), log);
                end(process.waitFor(), null);
            }
        } catch (IOException | InterruptedException e) {
            getContext().onFailure(e);
        }
    }

    private void end(int status, String output) {
        if (returnStatus) {
            getContext().onSuccess(status);
        } else if (status != 0) {
            getContext().onFailure(new AbortException("script returned exit code " + status));
        } else {
            getContext().onSuccess(output);
        }
    }

    private static void copy(InputStream from, OutputStream to) {
        try {
            from.transferTo(to);
        } catch (IOException e) {
            // the process was stopped: there is no more to read
        }
    }

    @Override
    public void stop(Throwable cause) {
        getContext().onFailure(cause);
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    @Override
    public void onResume() {
        getContext()
                .onFailure(new AbortException("The controller was restarted while sh ran its script; "
                        + "on the embedded controller such a script does not survive that"));
    }
}
