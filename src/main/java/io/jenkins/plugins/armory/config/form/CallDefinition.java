package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import io.jenkins.plugins.armory.webhook.CallCredentials;
import io.jenkins.plugins.armory.webhook.CallLimits;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.RetryRules;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

    private List<KeyValue> headers = new ArrayList<>();

    @CheckForNull
    private BodyTemplate bodyTemplate;

    private int retryCount;

    @CheckForNull
    private RetryDefinition retry;

    private int connectTimeout;
    private int requestTimeout;

    @CheckForNull
    private String signWith;

    @CheckForNull
    private String clientCertificateId;

    @CheckForNull
    private String trustCertificateId;

    CallDefinition() {}

    /** Sets the defaults of fields that a configuration leaves out, since XStream runs no initializers. */
    protected Object readResolve() {
        setMethod(method);
        setHeaders(headers);
        return this;
    }

    public String getMethod() {
        return method;
    }

    @DataBoundSetter
    public void setMethod(@CheckForNull String method) {
        // In capitals, as in the list of the form, which would replace what it does not have by its first entry.
        this.method = method == null || method.isBlank()
                ? DEFAULT_METHOD
                : method.strip().toUpperCase(Locale.ROOT);
    }

    @CheckForNull
    public String getUriTemplate() {
        return uriTemplate;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setUriTemplate(@CheckForNull String uriTemplate) {
        this.uriTemplate = Util.fixEmptyAndTrim(uriTemplate);
    }

    public List<KeyValue> getHeaders() {
        return headers;
    }

    @DataBoundSetter
    public void setHeaders(@CheckForNull List<KeyValue> headers) {
        this.headers = ListField.copy(headers);
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

    /** Returns how a failed call is repeated, {@code null} for what {@link #getRetryCount} says. */
    @CheckForNull
    public RetryDefinition getRetry() {
        return retry;
    }

    @DataBoundSetter
    public void setRetry(@CheckForNull RetryDefinition retry) {
        this.retry = retry;
    }

    /** Returns the limit for the connection in seconds, 0 for the default. */
    public int getConnectTimeout() {
        return connectTimeout;
    }

    @DataBoundSetter
    public void setConnectTimeout(int connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    /** Returns the limit for an attempt in seconds, 0 for the default. */
    public int getRequestTimeout() {
        return requestTimeout;
    }

    @DataBoundSetter
    public void setRequestTimeout(int requestTimeout) {
        this.requestTimeout = requestTimeout;
    }

    /** Returns the id of the Secret text that signs the call, {@code null} for none. */
    @CheckForNull
    public String getSignWith() {
        return signWith;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setSignWith(@CheckForNull String signWith) {
        this.signWith = Util.fixEmptyAndTrim(signWith);
    }

    /** Returns the id of the certificate that Jenkins shows to the server, {@code null} for none. */
    @CheckForNull
    public String getClientCertificateId() {
        return clientCertificateId;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setClientCertificateId(@CheckForNull String clientCertificateId) {
        this.clientCertificateId = Util.fixEmptyAndTrim(clientCertificateId);
    }

    /** Returns the id of the authorities that are trusted instead of those of Java, {@code null} for the latter. */
    @CheckForNull
    public String getTrustCertificateId() {
        return trustCertificateId;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setTrustCertificateId(@CheckForNull String trustCertificateId) {
        this.trustCertificateId = Util.fixEmptyAndTrim(trustCertificateId);
    }

    /**
     * Returns a builder with these fields.
     *
     * @throws InvalidWebhookException naming a field that is wrong
     */
    final WebhookBuilder toBuilder(@CheckForNull String name) {
        return Webhook.named(name)
                .method(method)
                .uriTemplate(uriTemplate)
                .headers(KeyValue.toHeaders(headers))
                .body(bodyTemplate == null ? null : bodyTemplate.getInline())
                .retry(retryRules())
                .limits(new CallLimits(connectTimeout, requestTimeout))
                .credentials(new CallCredentials(signWith, clientCertificateId, trustCertificateId));
    }

    private RetryRules retryRules() {
        if (retry != null && retryCount != 0) {
            throw new InvalidWebhookException(
                    "retry", "retryCount says the same; leave it out, and put the number into retry as count");
        }
        return retry == null ? RetryRules.ofCount(retryCount) : retry.toRules();
    }
}
