package com.cloudbees.plugins.credentials;

import java.io.Serializable;

/** Selects credentials. */
public interface CredentialsMatcher extends Serializable {

    boolean matches(Credentials item);
}
