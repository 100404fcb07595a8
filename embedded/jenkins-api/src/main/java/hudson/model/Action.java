package hudson.model;

/** An object that adds a page to another one. */
public interface Action extends ModelObject {

    String getIconFileName();

    String getUrlName();
}
