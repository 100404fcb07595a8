package hudson.model.labels;

import hudson.model.Label;

/** A label that is one word. */
public class LabelAtom extends Label {}
