package org.jenkinsci.plugins.workflow.pickles;

import java.io.Serializable;

/** What a program keeps in the place of something else. */
public abstract class Pickle implements Serializable {}
