package hudson.model;

import hudson.security.ACL;
import hudson.security.AccessControlled;
import java.io.File;
import java.io.IOException;
import java.util.List;
import jenkins.model.Jenkins;

/** A build. */
public abstract class Run<JobT extends Job<JobT, RunT>, RunT extends Run<JobT, RunT>> extends Actionable
        implements AccessControlled {
    protected final transient JobT project;

    protected Run(JobT project) {
        this.project = project;
    }

    public JobT getParent() {
        return project;
    }

    public abstract int getNumber();

    public abstract File getRootDir();

    /** The result so far, or null while there is none. */
    public abstract Result getResult();

    public abstract void setResult(Result result);

    public abstract boolean isBuilding();

    /** The first cause of that type, or null; on the embedded controller builds have none. */
    public <T extends Cause> T getCause(Class<T> type) {
        return null;
    }

    public List<Cause> getCauses() {
        return List.of();
    }

    public synchronized void save() throws IOException {}

    @Override
    public String getDisplayName() {
        return "#" + getNumber();
    }

    public String getFullDisplayName() {
        return project.getFullDisplayName() + ' ' + getDisplayName();
    }

    /** Its URL relative to the Jenkins URL, with a slash at the end. */
    public String getUrl() {
        return project.getUrl() + getNumber() + '/';
    }

    public String getExternalizableId() {
        return project.getFullName() + '#' + getNumber();
    }

    /** The build of an {@link #getExternalizableId}, null if there is none. */
    public static Run<?, ?> fromExternalizableId(String id) {
        int hash = id.lastIndexOf('#');
        Job<?, ?> job = Jenkins.get().getItemByFullName(id.substring(0, hash), Job.class);
        return job == null ? null : job.getBuildByNumber(Integer.parseInt(id.substring(hash + 1)));
    }

    /** When it was scheduled. */
    public long getTimeInMillis() {
        return 0;
    }

    public long getQueueId() {
        return 0;
    }

    @Override
    public ACL getACL() {
        return project.getACL();
    }
}
