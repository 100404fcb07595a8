package com.cloudbees.plugins.credentials.common;

/** A user name and a password, with an id and a description. */
public interface StandardUsernamePasswordCredentials extends StandardUsernameCredentials, UsernamePasswordCredentials {}
