package com.cloudbees.plugins.credentials;

import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import hudson.model.ItemGroup;
import java.util.List;
import org.springframework.security.core.Authentication;

/** The credentials of Jenkins itself; the embedded controller has those of {@code casc.yaml} in their place. */
public class SystemCredentialsProvider {

    private SystemCredentialsProvider() {}

    public static class ProviderImpl extends CredentialsProvider {

        @Override
        public <C extends Credentials> List<C> getCredentialsInItemGroup(
                Class<C> type,
                ItemGroup itemGroup,
                Authentication authentication,
                List<DomainRequirement> domainRequirements) {
            return List.of();
        }
    }
}
