package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The fields that webhooks and cancel webhooks have in common.
 *
 * @param <T> the class itself
 */
@Restricted(NoExternalUse.class)
public abstract class CallDefinition<T extends CallDefinition<T>> extends AbstractDescribableImpl<T> {

    private static final String DEFAULT_METHOD = "POST";

    private String method = DEFAULT_METHOD;

    @CheckForNull
    private String uriTemplate;

    private List<KeyValue> headers = List.of();

    @CheckForNull
    private BodyTemplate bodyTemplate;

    private int retryCount;

    CallDefinition() {}

    public String getMethod() {
        return method;
    }

    @DataBoundSetter
    public void setMethod(@CheckForNull String method) {
        this.method = method == null || method.isBlank() ? DEFAULT_METHOD : method.strip();
    }

    @CheckForNull
    public String getUriTemplate() {
        return uriTemplate;
    }

    @DataBoundSetter
    public void setUriTemplate(@CheckForNull String uriTemplate) {
        this.uriTemplate = Util.fixEmptyAndTrim(uriTemplate);
    }

    public List<KeyValue> getHeaders() {
        return headers;
    }

    @DataBoundSetter
    public void setHeaders(@CheckForNull List<KeyValue> headers) {
        this.headers = headers == null ? List.of() : new ArrayList<>(headers);
    }

    @CheckForNull
    public BodyTemplate getBodyTemplate() {
        return bodyTemplate;
    }

    @DataBoundSetter
    public void setBodyTemplate(@CheckForNull BodyTemplate bodyTemplate) {
        this.bodyTemplate = bodyTemplate == null || bodyTemplate.isEmpty() ? null : bodyTemplate;
    }

    public int getRetryCount() {
        return retryCount;
    }

    @DataBoundSetter
    public void setRetryCount(int retryCount) {
        this.retryCount = retryCount;
    }

    /** Returns the names of the fields that differ from their defaults. */
    List<String> fields() {
        List<String> fields = new ArrayList<>();
        addIf(uriTemplate != null, "uriTemplate", fields);
        addIf(!method.equals(DEFAULT_METHOD), "method", fields);
        addIf(!headers.isEmpty(), "headers", fields);
        addIf(bodyTemplate != null, "bodyTemplate", fields);
        addIf(retryCount != 0, "retryCount", fields);
        return fields;
    }

    static void addIf(boolean isSet, String field, List<String> fields) {
        if (isSet) {
            fields.add(field);
        }
    }

    /**
     * Returns a builder with these fields.
     *
     * @throws InvalidWebhookException naming a header that is wrong
     */
    final Webhook.Builder toBuilder(@CheckForNull String name) {
        List<Webhook.Header> all = new ArrayList<>();
        for (KeyValue header : headers) {
            all.add(new Webhook.Header(header.getKey(), header.getValue()));
        }
        return Webhook.named(name)
                .method(method)
                .uriTemplate(uriTemplate)
                .headers(all)
                .body(bodyTemplate == null ? null : bodyTemplate.getInline())
                .bodyPath(bodyTemplate == null ? null : bodyTemplate.getPath())
                .retryCount(retryCount);
    }
}
