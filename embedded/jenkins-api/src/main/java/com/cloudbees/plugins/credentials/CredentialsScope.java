package com.cloudbees.plugins.credentials;

/** Who may use credentials. */
public enum CredentialsScope {
    /** Jenkins itself, and no job. */
    SYSTEM,
    /** Jenkins and its jobs. */
    GLOBAL,
    /** The user whose they are. */
    USER
}
