package io.jenkins.plugins.armory.part.protect;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Job;
import hudson.security.ACL;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.springframework.security.core.Authentication;

/**
 * Offers the credentials of environments to the jobs that may deploy there, all of them closed. It is asked first and
 * answers for each of these ids, so that no other credential of such an id is used, as of a folder or of another kind.
 */
@Extension(ordinal = Integer.MAX_VALUE)
@Restricted(NoExternalUse.class)
public final class EnvironmentCredentialsProvider extends CredentialsProvider {

    @Override
    public String getDisplayName() {
        return Messages.EnvironmentCredentialsProvider_displayName();
    }

    @Override
    public <C extends Credentials> List<C> getCredentialsInItemGroup(
            Class<C> type, ItemGroup group, Authentication authentication, List<DomainRequirement> requirements) {
        return List.of();
    }

    @Override
    public <C extends Credentials> List<C> getCredentialsInItem(
            Class<C> type, Item item, Authentication authentication, List<DomainRequirement> requirements) {
        if (!(item instanceof Job)
                || Jenkins.get().getInitLevel().compareTo(InitMilestone.EXTENSIONS_AUGMENTED) < 0
                || !(ACL.SYSTEM2.equals(authentication) || item.getACL().hasPermission2(authentication, USE_ITEM))) {
            return List.of();
        }
        return UnderWay.environments().stream()
                .filter(each -> each.isFor(item.getFullName()))
                .flatMap(each -> each.getCredentials().stream())
                .distinct()
                .flatMap(id -> closed(id, type).stream())
                .toList();
    }

    /** Returns a credential of its own kind; if that does not fit, one that says so when its secret is read. */
    private static <C extends Credentials> Optional<C> closed(String id, Class<C> type) {
        return Stream.concat(
                        EnvironmentCredentials.stored(id).flatMap(CredentialKind::of).stream(),
                        ExtensionList.lookup(CredentialKind.class).stream())
                .map(kind -> kind.closed(id, null))
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }
}
