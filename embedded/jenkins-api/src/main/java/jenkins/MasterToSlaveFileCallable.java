package jenkins;

import hudson.FilePath;

/** A convenient base of what a controller has an agent do with a file. */
public abstract class MasterToSlaveFileCallable<T> implements FilePath.FileCallable<T> {
    private static final long serialVersionUID = 1;
}
