package com.cloudbees.plugins.credentials.common;

import com.cloudbees.plugins.credentials.Credentials;
import java.security.KeyStore;

/** Credentials with a key store, whose password protects its keys too. */
public interface CertificateCredentials extends Credentials, PasswordCredentials {

    KeyStore getKeyStore();
}
