package hudson.model;

/** Something that a build was started for. */
public abstract class Cause {}
