package com.cloudbees.jenkins.support.api;

/** Takes the files of a support bundle. */
public abstract class Container {

    public abstract void add(Content content);
}
