package io.jenkins.embedded;

import hudson.model.Result;
import hudson.model.Run;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/** A build that runs and cannot be saved. */
final class UnsavedBuild extends Run<PipelineJob, PipelineBuild> {
    private final Path folder;
    private Result result;
    private volatile boolean ended;

    UnsavedBuild(PipelineJob job, Path folder) {
        super(job);
        this.folder = folder;
    }

    void end() {
        ended = true;
    }

    @Override
    public int getNumber() {
        return folder.hashCode() & Integer.MAX_VALUE;
    }

    @Override
    public long getQueueId() {
        return folder.hashCode();
    }

    /** Differs from that of the job's other builds. */
    @Override
    public String getExternalizableId() {
        return super.getExternalizableId() + " in " + folder;
    }

    @Override
    public File getRootDir() {
        return folder.toFile();
    }

    @Override
    public Result getResult() {
        return result;
    }

    @Override
    public void setResult(Result result) {
        this.result = result;
    }

    @Override
    public boolean isBuilding() {
        return !ended;
    }

    @Override
    public synchronized void save() throws IOException {
        throw new IOException("No space left on device");
    }
}
