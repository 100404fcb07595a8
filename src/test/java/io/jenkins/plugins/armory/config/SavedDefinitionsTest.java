package io.jenkins.plugins.armory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.thoughtworks.xstream.XStream;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.config.form.Parameter;
import io.jenkins.plugins.armory.config.form.StatusDefinition;
import io.jenkins.plugins.armory.config.form.WebhookDefinition;
import io.jenkins.plugins.armory.part.oauth.ClientDefinition;
import io.jenkins.plugins.armory.part.oidc.IssuerDefinition;
import io.jenkins.plugins.armory.part.protect.EnvironmentRule;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of definitions that leave fields out in a configuration that people or scripts wrote. XStream runs no initializers. */
class SavedDefinitionsTest {

    private static Object read(Class<?> type, String fields) {
        XStream xstream = new XStream();
        xstream.allowTypesByWildcard(new String[] {"io.jenkins.plugins.armory.**"});
        xstream.alias("it", type);
        return xstream.fromXML("<it>" + fields + "</it>");
    }

    @Test
    void aWebhookHasDefaults() {
        WebhookDefinition saved = (WebhookDefinition)
                read(WebhookDefinition.class, "<name>tests</name><uriTemplate>https://ci.example.com/</uriTemplate>");
        WebhookDefinition bound = new WebhookDefinition();
        bound.setName("tests");
        bound.setUriTemplate("https://ci.example.com/");

        assertThat(saved.toWebhook()).usingRecursiveComparison().isEqualTo(bound.toWebhook());
        assertThat(Parameter.given(saved)).containsExactly("name", "uriTemplate");
        assertThat(saved.getHeaders()).isEmpty();
        assertThat(saved.getContext()).isEmpty();
    }

    @Test
    void theFieldsOfAWebhookHaveDefaults() {
        WebhookDefinition saved = (WebhookDefinition) read(WebhookDefinition.class, """
                <name>tests</name>
                <uriTemplate>https://ci.example.com/</uriTemplate>
                <cancel><uriTemplate>https://ci.example.com/stop</uriTemplate></cancel>
                <retry><count>2</count></retry>
                <answer><success>200</success></answer>
                """);

        Webhook webhook = saved.toWebhook();
        assertThat(webhook.cancel().inline().method()).isEqualTo("POST");
        assertThat(webhook.answer())
                .usingRecursiveComparison()
                .isEqualTo(AnswerRule.ofAnswer("200", null, List.of(), List.of()));
        assertThat(saved.getRetry().getOn()).isEmpty();
    }

    @Test
    void theQuestionForAStatusHasDefaults() {
        StatusDefinition saved = (StatusDefinition) read(StatusDefinition.class, """
                <uriTemplate>https://ci.example.com/state</uriTemplate>
                <pointer>/state</pointer>
                <success><string>passed</string></success>
                """);

        assertThat(saved.toCheck().every()).isEqualTo(Duration.ofSeconds(30));
        assertThat(saved.getFailure()).isEmpty();
    }

    /** A form replaces a saved value that its list does not have by the first entry of the list. */
    @Test
    void theListsOfFormsHaveWhatIsSaved() {
        WebhookDefinition saved = (WebhookDefinition) read(
                WebhookDefinition.class,
                "<name>tests</name><method> put</method><uriTemplate>https://ci.example.com/</uriTemplate>");

        assertThat(saved.toWebhook().method()).isEqualTo("PUT");
        assertThat(new WebhookDefinition.DescriptorImpl().doFillMethodItems())
                .extracting(option -> option.value)
                .contains(saved.getMethod());
        for (ListBoxModel units : List.of(
                new StatusDefinition.DescriptorImpl().doFillUnitItems(),
                new EnvironmentRule.DescriptorImpl().doFillUnitItems())) {
            assertThat(units)
                    .extracting(option -> option.value)
                    .contains(Arrays.stream(TimeUnit.values()).map(Enum::name).toArray(String[]::new));
        }
    }

    /** As code, it would end the start of Jenkins. */
    @Test
    void anEntryOfTheContextWithoutAKeyIsAMistakeThatIsNamed() {
        WebhookDefinition webhook = new WebhookDefinition();
        webhook.setName("tests");
        webhook.setUriTemplate("https://ci.example.com/");
        webhook.setContext(List.of(new KeyValue(null, "main")));

        assertThatThrownBy(() -> WebhookDefinition.checked(List.of(webhook)))
                .hasMessage(
                        "webhooks: 'tests': context: \"null\" cannot be named in a template; use letters, digits, '.', '-'"
                                + " and '_' in keys");
    }

    /** One that fails later would fail for all callers. */
    @Test
    void clientsAndIssuersHaveDefaults() {
        IssuerDefinition issuer = (IssuerDefinition)
                read(IssuerDefinition.class, "<issuer>https://issuer.example.com</issuer><audience>jenkins</audience>");
        ClientDefinition client = (ClientDefinition) read(ClientDefinition.class, "<credentialsId>ci</credentialsId>");

        assertThat(issuer.toIssuer().jobs().match("deploy")).isFalse();
        assertThat(issuer.getRequiredClaims()).isEmpty();
        assertThat(client.getJobs()).isEmpty();
    }

    /** Left out, people alone would be asked, or all listed callers could decide. */
    @ParameterizedTest
    @ValueSource(strings = {"webhook", "callbackCredentialsId"})
    void aBlankFieldOfARuleIsNotReadEither(String field) {
        assertThatThrownBy(() -> read(EnvironmentRule.class, "<" + field + "> </" + field + ">"))
                .hasStackTraceContaining(field + ": is blank");
    }

    @Test
    void anIssuerThatTheFormRefusesIsNotReadEither() {
        assertThatThrownBy(() -> read(
                        IssuerDefinition.class,
                        "<issuer>http://issuer.example.com</issuer><audience>jenkins</audience>"
                                + "<requiredClaims/><jobs>**</jobs>"))
                .hasStackTraceContaining("is not an https address");
    }
}
