package org.jenkinsci.remoting;

/** Tells which end of a channel something is at. */
public abstract class RoleChecker {}
