package com.cloudbees.jenkins.support.api;

import java.io.IOException;
import java.io.PrintWriter;

/** A text file that is made when the bundle is. */
public abstract class PrintedContent extends GenerateOnDemandContent {

    public PrintedContent(String name) {
        super(name);
    }

    protected abstract void printTo(PrintWriter out) throws IOException;
}
