package com.cloudbees.plugins.credentials;

import com.cloudbees.plugins.credentials.common.IdCredentials;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.security.core.Authentication;

/** A source of credentials, and the look-ups through all of them. */
public abstract class CredentialsProvider extends Descriptor<CredentialsProvider>
        implements ExtensionPoint, Describable<CredentialsProvider> {
    public static final Permission USE_ITEM =
            new Permission(new PermissionGroup(CredentialsProvider.class, null), "UseItem", Item.CONFIGURE);

    @SuppressWarnings("unchecked")
    public CredentialsProvider() {
        super(self());
    }

    public abstract <C extends Credentials> List<C> getCredentialsInItemGroup(
            Class<C> type,
            ItemGroup itemGroup,
            Authentication authentication,
            List<DomainRequirement> domainRequirements);

    public <C extends Credentials> List<C> getCredentialsInItem(
            Class<C> type, Item item, Authentication authentication, List<DomainRequirement> domainRequirements) {
        return getCredentialsInItemGroup(type, item.getParent(), authentication, domainRequirements);
    }

    public static <C extends Credentials> List<C> lookupCredentialsInItem(
            Class<C> type, Item item, Authentication authentication, List<DomainRequirement> domainRequirements) {
        return ExtensionList.lookup(CredentialsProvider.class).stream()
                .flatMap(provider ->
                        provider.getCredentialsInItem(type, item, authentication, domainRequirements).stream())
                .collect(Collectors.toList());
    }

    public static <C extends Credentials> List<C> lookupCredentialsInItemGroup(
            Class<C> type,
            ItemGroup itemGroup,
            Authentication authentication,
            List<DomainRequirement> domainRequirements) {
        return ExtensionList.lookup(CredentialsProvider.class).stream()
                .flatMap(provider ->
                        provider
                                .getCredentialsInItemGroup(type, itemGroup, authentication, domainRequirements)
                                .stream())
                .collect(Collectors.toList());
    }

    public static <C extends IdCredentials> C findCredentialByIdInItemGroup(
            String id,
            Class<C> type,
            ItemGroup itemGroup,
            Authentication authentication,
            List<DomainRequirement> domainRequirements) {
        return lookupCredentialsInItemGroup(type, itemGroup, authentication, domainRequirements).stream()
                .filter(credentials -> credentials.getId().equals(id))
                .findFirst()
                .orElse(null);
    }

    public static <C extends IdCredentials> C findCredentialById(String id, Class<C> type, Run<?, ?> run) {
        return lookupCredentialsInItem(type, run.getParent(), ACL.SYSTEM2, List.of()).stream()
                .filter(credentials -> credentials.getId().equals(id))
                .findFirst()
                .map(credentials -> type.cast(credentials.forRun(run)))
                .orElse(null);
    }

    /** Returns what does not need this controller; the embedded one has no agents. */
    public static <C extends Credentials> C snapshot(C credential) {
        return credential;
    }

    /** Records a use of the credentials, which the embedded controller has no page for. */
    public static <C extends Credentials> C track(Run build, C credentials) {
        return credentials;
    }
}
