package com.cloudbees.jenkins.support.api;

/** A file of a support bundle. */
public abstract class Content {

    protected Content(String name) {}
}
