package io.jenkins.plugins.armory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.thoughtworks.xstream.XStream;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.config.form.Parameter;
import io.jenkins.plugins.armory.config.form.StatusDefinition;
import io.jenkins.plugins.armory.config.form.WebhookDefinition;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Tests of definitions that leave fields out in a configuration that people or scripts wrote. XStream runs no
 * initializers.
 */
public class SavedDefinitionsTest {

    public static <T> T read(Class<T> type, String fields) {
        XStream xstream = new XStream();
        xstream.allowTypesByWildcard(new String[] {"io.jenkins.plugins.armory.**"});
        xstream.alias("it", type);
        return type.cast(xstream.fromXML("<it>" + fields + "</it>"));
    }

    @Test
    void aWebhookHasDefaults() {
        WebhookDefinition saved =
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
        WebhookDefinition saved = read(WebhookDefinition.class, """
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
        StatusDefinition saved = read(StatusDefinition.class, """
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
        WebhookDefinition saved = read(
                WebhookDefinition.class,
                "<name>tests</name><method> put</method><uriTemplate>https://ci.example.com/</uriTemplate>");

        assertThat(saved.toWebhook().method()).isEqualTo("PUT");
        assertThat(new WebhookDefinition.DescriptorImpl().doFillMethodItems())
                .extracting(option -> option.value)
                .contains(saved.getMethod());
        assertThat(new StatusDefinition.DescriptorImpl().doFillUnitItems())
                .extracting(option -> option.value)
                .contains(Arrays.stream(TimeUnit.values()).map(Enum::name).toArray(String[]::new));
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
}
