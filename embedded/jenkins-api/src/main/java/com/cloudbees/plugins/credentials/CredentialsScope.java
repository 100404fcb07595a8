package com.cloudbees.plugins.credentials;

/** Who may use credentials. */
public enum CredentialsScope {
    SYSTEM,
    GLOBAL,
    USER
}
