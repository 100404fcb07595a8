package hudson.model;

/** Something that has a name for people. */
public interface ModelObject {

    String getDisplayName();
}
