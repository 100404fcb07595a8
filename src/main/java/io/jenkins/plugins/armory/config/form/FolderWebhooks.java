package io.jenkins.plugins.armory.config.form;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import com.cloudbees.hudson.plugins.folder.AbstractFolderProperty;
import com.cloudbees.hudson.plugins.folder.AbstractFolderPropertyDescriptor;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.ItemGroup;
import hudson.model.Job;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/** The webhooks of a folder, for the jobs in it. Loaded only if the Folders plugin is installed. */
@Restricted(NoExternalUse.class)
public final class FolderWebhooks extends AbstractFolderProperty<AbstractFolder<?>> {

    private List<WebhookDefinition> webhooks = new ArrayList<>();

    @DataBoundConstructor
    public FolderWebhooks() {}

    /** Has no webhooks where a configuration leaves the field out, since XStream runs no initializers. */
    private Object readResolve() {
        if (webhooks == null) {
            webhooks = new ArrayList<>();
        }
        return this;
    }

    public List<WebhookDefinition> getWebhooks() {
        return webhooks;
    }

    /** @throws IllegalArgumentException naming the definition and the field that is wrong */
    @DataBoundSetter
    public void setWebhooks(@CheckForNull List<WebhookDefinition> webhooks) {
        List<WebhookDefinition> all = ListField.copy(webhooks);
        WebhookDefinition.checked(all);
        this.webhooks = all;
    }

    /** Returns the webhooks of a folder itself, by name; none if the item is no folder. */
    static Map<String, Webhook> on(Object item) {
        FolderWebhooks property = item instanceof AbstractFolder<?> folder
                ? folder.getProperties().get(FolderWebhooks.class)
                : null;
        return property == null ? Map.of() : WebhookDefinition.checked(property.getWebhooks());
    }

    /** Returns the webhooks of all folders around a job, by their names in each, the nearest folder first. */
    static List<Map<String, Webhook>> around(Job<?, ?> job) {
        List<Map<String, Webhook>> places = new ArrayList<>();
        ItemGroup<?> group = job.getParent();
        while (group instanceof AbstractFolder<?> folder) {
            places.add(on(folder));
            group = folder.getParent();
        }
        return places;
    }

    @Extension(optional = true)
    @Symbol("armoryWebhooks")
    public static final class DescriptorImpl extends AbstractFolderPropertyDescriptor {
        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.FolderWebhooks_displayName();
        }

        /** @throws FormException with what is wrong: of any other exception, Jenkins's page for errors has no word */
        @Override
        public AbstractFolderProperty<?> newInstance(StaplerRequest2 request, JSONObject json) throws FormException {
            try {
                return super.newInstance(request, json);
            } catch (LinkageError x) { // Descriptor.newInstance makes this of every exception
                throw new FormException(Forms.mistake(x), x, "webhooks");
            }
        }
    }
}
