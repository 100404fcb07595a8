package hudson.model;

/** An action that adds a badge to its build in lists of builds. */
public interface BuildBadgeAction extends Action {}
