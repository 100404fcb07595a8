package hudson.model;

/** An object that adds a page to another one. */
public interface Action extends ModelObject {

    String getIconFileName();

    /** The page's path segment below its owner, or null when it has no page. */
    String getUrlName();
}
