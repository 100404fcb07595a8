package com.cloudbees.plugins.credentials.domains;

import hudson.ExtensionPoint;
import java.io.Serializable;

/** What credentials are wanted for, such as a host; the embedded controller does not tell domains apart. */
public class DomainRequirement implements ExtensionPoint, Serializable {
    private static final long serialVersionUID = 1;
}
