package com.cloudbees.jenkins.support.api;

/** A file that is made when the bundle is. */
public abstract class GenerateOnDemandContent extends Content {

    protected GenerateOnDemandContent(String name) {
        super(name);
    }
}
