package hudson.slaves;

/** What starts agents; the embedded controller has none. */
public abstract class Cloud {}
