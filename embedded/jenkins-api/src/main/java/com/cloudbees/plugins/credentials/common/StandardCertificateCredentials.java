package com.cloudbees.plugins.credentials.common;

/** A key store, with an id and a description. */
public interface StandardCertificateCredentials extends StandardCredentials, CertificateCredentials {}
