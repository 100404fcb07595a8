package hudson.model;

import java.io.File;
import java.util.Objects;

/** An item with builds. */
public abstract class Job<JobT extends Job<JobT, RunT>, RunT extends Run<JobT, RunT>> implements Item {
    private final ItemGroup<?> parent;
    private final String name;

    protected Job(ItemGroup<?> parent, String name) {
        this.parent = Objects.requireNonNull(parent);
        this.name = Objects.requireNonNull(name);
    }

    @Override
    public ItemGroup<?> getParent() {
        return parent;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getDisplayName() {
        return name;
    }

    @Override
    public String getFullName() {
        return parent.getFullName().isEmpty() ? name : parent.getFullName() + '/' + name;
    }

    public String getFullDisplayName() {
        return getFullName().replace("/", " » ");
    }

    public abstract File getRootDir();

    public abstract File getBuildDir();

    /** The build, or null when there is none of that number. */
    public abstract RunT getBuildByNumber(int n);
}
