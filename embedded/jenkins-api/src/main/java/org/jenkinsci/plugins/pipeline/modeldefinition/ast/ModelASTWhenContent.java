package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

/** A condition as it stands in a Jenkinsfile. */
public interface ModelASTWhenContent {}
