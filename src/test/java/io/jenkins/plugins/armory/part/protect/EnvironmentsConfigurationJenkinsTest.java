package io.jenkins.plugins.armory.part.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import hudson.security.ACL;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.approval.PeopleRule;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.web.SettingsWarnings;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.casc.ConfigurationContext;
import io.jenkins.plugins.casc.ConfiguratorRegistry;
import io.jenkins.plugins.casc.misc.Util;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of the environments in the settings: Configuration as Code, form, and what is refused. */
@WithJenkins
class EnvironmentsConfigurationJenkinsTest {

    private static final String CASC = """
            unclassified:
              armory:
                webhooks:
                  - {name: change-ticket, uriTemplate: "https://tickets.example.com/"}
                  - {name: smoke-tests, uriTemplate: "https://ci.example.com/"}
              armoryEnvironments:
                environments:
                  - name: prod
                    jobs: "shop/*/main"
                    before:
                      - webhook: change-ticket
                        context:
                          - {key: kind, value: normal}
                        timeout: 72
                        unit: HOURS
                      - manualApproval:
                          message: "Release to production?"
                          notByRequester: true
                          rules:
                            - {submitters: [qa], required: 1}
                            - {submitters: [ops, oncall], required: 2}
                        notify: [change-ticket]
                    after:
                      - {webhook: smoke-tests}
                    windows:
                      - {allow: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH;BYHOUR=9", lasts: PT8H, zone: Europe/Berlin}
                      - {deny: "2026-12-20/2027-01-03", zone: Europe/Berlin, reason: "Christmas"}
                    waitAtMost: 10
                    credentials: [prod-kubeconfig, prod-token]
                    agents: [prod-deployer]
                  - {name: prod, jobs: "other/**"}
            """;

    private static void configure(Path folder, String casc) throws Exception {
        ConfigurationAsCode.get()
                .configure(Files.writeString(folder.resolve("casc.yaml"), casc).toString());
    }

    private static void assertHasAll() {
        List<EnvironmentDefinition> all = ArmoryEnvironments.get().getEnvironments();
        assertThat(all).extracting(EnvironmentDefinition::getJobs).containsExactly("shop/*/main", "other/**");
        EnvironmentDefinition prod = all.get(0);
        assertThat(prod.getCredentials()).containsExactly("prod-kubeconfig", "prod-token");
        assertThat(prod.getAgents()).containsExactly("prod-deployer");
        assertThat(prod.getWaitAtMost()).isEqualTo(10);
        assertThat(all.get(1).getWaitAtMost()).isEqualTo(30);
        assertThat(prod.toWindows().isOpen(Instant.parse("2026-12-01T08:00:00Z")))
                .isTrue();
        assertThat(prod.toWindows().isOpen(Instant.parse("2026-12-22T08:00:00Z")))
                .isFalse();
        assertThat(prod.getAfter()).extracting(EnvironmentRule::getWebhook).containsExactly("smoke-tests");
        EnvironmentRule ticket = prod.getBefore().get(0);
        assertThat(ticket.getWebhook()).isEqualTo("change-ticket");
        assertThat(KeyValue.toMap(ticket.getContext())).isEqualTo(Map.of("kind", "normal"));
        assertThat(ticket.getTimeout()).isEqualTo(72);
        assertThat(ticket.getManualApproval()).isNull();
        EnvironmentRule people = prod.getBefore().get(1);
        assertThat(people.getNotify()).containsExactly("change-ticket");
        assertThat(people.getManualApproval().isNotByRequester()).isTrue();
        assertThat(people.getManualApproval().toRequirement().rules())
                .containsExactly(new PeopleRule(List.of("qa"), 1), new PeopleRule(List.of("ops", "oncall"), 2));
    }

    @Test
    void areConfiguredAsCode(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC);

        assertHasAll();
        ConfigurationContext context = new ConfigurationContext(ConfiguratorRegistry.get());
        String exported = Util.toYamlString(Util.getUnclassifiedRoot(context).get("armoryEnvironments"));
        configure(folder, "unclassified: {armoryEnvironments: {environments: []}}");
        assertThat(ArmoryEnvironments.get().getEnvironments()).isEmpty();
        configure(folder, "unclassified:\n  armoryEnvironments:\n" + exported.indent(4));
        assertHasAll();
    }

    @Test
    void surviveTheirFormAndARestart(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC);

        j.configRoundtrip();

        assertHasAll();
        ArmoryEnvironments.get().load();
        assertHasAll();
    }

    /** People mend this file by hand, and take entries out. */
    @Test
    void theirFileHasNoClassesOfTheJdkAndNoEntryThatNeedsAnother(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC);

        assertThat(j.jenkins.getRootDir().toPath().resolve(ArmoryEnvironments.class.getName() + ".xml"))
                .content()
                .contains("change-ticket")
                .doesNotContain("java.util.", "reference=");
    }

    @Test
    void aFormThatIsRefusedNamesTheEntry(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC);
        JenkinsRule.WebClient client = j.createWebClient();
        client.setThrowExceptionOnFailingStatusCode(false);
        HtmlForm form = client.goTo("configure").getFormByName("config");
        form.getInputsByName("_.deny").get(0).setValue("2026-12-20/2027-01-03");

        assertThat(((HtmlPage) j.submit(form)).asNormalizedText())
                .contains("environments[0].windows[0].deny: is beside allow");

        assertHasAll();
    }

    @Test
    void aWebhookThatTheSettingsDoNotHaveIsAWarning(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(
                folder,
                CASC.replace("- webhook: change-ticket", "- webhook: change-tickt")
                        .replace("{webhook: smoke-tests}", "{webhook: smoke-tests, notify: [slak]}")
                        .replace("credentials: [prod-kubeconfig, prod-token]", "credentials: []"));

        String webhook = "There is no webhook \"change-tickt\" in these settings.";
        assertThat(SettingsWarnings.warnings())
                .satisfiesExactly(
                        first -> assertThat(first).contains("environments[0].before[0].webhook: " + webhook),
                        second -> assertThat(second).contains("environments[0].after[0].notify: ", "\"slak\""));
        var form = (EnvironmentRule.DescriptorImpl) new EnvironmentRule().getDescriptor();
        assertThat(form.doCheckWebhook("change-tickt").getMessage()).contains("&quot;change-tickt&quot;");
        assertThat(form.doFillWebhookItems()).containsExactly("change-ticket", "smoke-tests");
    }

    @Test
    void aLabelThatNoAgentHasIsAWarning(JenkinsRule j) throws Exception {
        j.createSlave("a1", "deployer linux", null);
        var form = (EnvironmentDefinition.DescriptorImpl) new EnvironmentDefinition("prod", "**").getDescriptor();

        assertThat(form.doCheckAgents("deployer\na1").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckAgents("deployer\ndeplyer"))
                .hasMessage("No agent and no cloud has the label deplyer now.")
                .extracting(each -> each.kind)
                .isEqualTo(FormValidation.Kind.WARNING);
        assertThat(form.doCheckAgents("deployer && linux").getMessage()).contains("is not one label");
    }

    @Test
    void aUnitThatFewRulesHaveSurvivesItsForm(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC.replace("unit: HOURS", "unit: SECONDS"));

        j.configRoundtrip();

        assertThat(ArmoryEnvironments.get().getEnvironments().get(0).getBefore())
                .extracting(EnvironmentRule::getUnit)
                .containsExactly("SECONDS", "HOURS");
    }

    /** Jenkins leaves out what it does not understand, and a rule, an approver or the list of hosts with it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<io.jenkins.plugins.armory.part.protect.EnvironmentRule>                  | <no.such.Rule>",
                "<manualApproval>                                                    | <manualApproval class='no.such.Class'>",
                "<manualApproval>                                                    | <manualApproval><later>1</later>",
                "<string>qa</string>                                                 | <strin>qa</strin>",
                "<string>qa</string>                                                 | qa",
                "<string>prod-token</string>                                         | <string> </string>",
                "<waitAtMost>10<                                                     | <waitAtMost>ten<",
            })
    void areNotKnownWhereAPartOfTheirFileIsNotUnderstood(
            String written, String edited, JenkinsRule j, @TempDir Path folder) throws Exception {
        assertNotKnownOnceTheFileIs(written, edited, j, folder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<jobs>shop/*/main</jobs> | <jobs>shop//main</jobs>     | jobs",
                "<jobs>shop/*/main</jobs> | ''                          | environments[0].jobs",
                "<name>prod</name>        | ''                          | environments[0].name",
                "<string>qa</string>      | ''                          | environments[0].before[1].manualApproval.submitters",
                "<zone>Europe/Berlin<     | <zone>Berlin<               | environments[0].windows[0].zone",
                "<webhook>change-ticket<  | <webhook><                  | webhook: is blank",
            })
    void areNotKnownWhereTheirFileHasAnEntryThatTheFormRefuses(
            String written, String edited, String named, JenkinsRule j, @TempDir Path folder) throws Exception {
        assertNotKnownOnceTheFileIs(written, edited, j, folder);

        assertThat(ArmoryConfiguration.get().problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains(named));
    }

    private static void assertNotKnownOnceTheFileIs(String written, String edited, JenkinsRule j, Path folder)
            throws Exception {
        configure(folder, CASC);
        ArmoryEnvironments configuration = ArmoryEnvironments.get();
        Path file = j.jenkins.getRootDir().toPath().resolve(configuration.getId() + ".xml");
        String text = Files.readString(file);
        assertThat(text).contains(written);
        configuration.load();
        assertThat(configuration.getFault()).isNull();
        String changed = text.replaceFirst(Pattern.quote(written), Matcher.quoteReplacement(edited));
        if (edited.equals("<no.such.Rule>")) {
            changed = changed.replaceFirst(
                    "</io.jenkins.plugins.armory.part.protect.EnvironmentRule>", "</no.such.Rule>");
        }
        Files.writeString(file, changed);

        configuration.load();

        assertThat(configuration.getFault()).isNotNull();
        assertThatIllegalStateException().isThrownBy(ArmoryConfiguration.get()::hosts);
        assertThatThrownBy(() -> ArmoryEnvironments.find("prod", "shop/a/main")).hasMessageContaining("cannot be read");
        configuration.save();
        assertThat(file).content().isEqualTo(changed);
        assertThat(CredentialsProvider.lookupCredentialsInItem(
                        StringCredentials.class, j.createFreeStyleProject(), ACL.SYSTEM2, List.of()))
                .isEmpty();
    }

    /** Left out, more callers would decide, or nobody be asked, and nothing would say so. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "before: [{webhook: '${UNSET}', manualApproval: {submitters: ops}}] | webhook",
                "before: [{webhook: x, callbackCredentialsId: '${UNSET}'}]          | callbackCredentialsId",
                "before: [{webhook: x, allowedCallers: ['${UNSET}']}]               | allowedCallers[0]",
                "after: [{webhook: x, allowedCallers: [bot, '${UNSET}']}]           | allowedCallers[1]",
                "before: [{webhook: x, notify: ['${UNSET}']}]                       | notify[0]",
                "before: [{webhook: x, context: [{key: k, value: '${UNSET}'}]}]     | before[0].context[0].value",
                "windows: [{allow: 'FREQ=DAILY', lasts: P1D, zone: UTC, from: '${UNSET}'}] | windows[0].from",
                "credentials: ['${UNSET}']                                          | credentials[0]",
                "agents: [deployer, '${UNSET}']                                     | agents[1]",
            })
    void aVariableThatIsNotSetIsNotLeftOut(String field, String named, JenkinsRule j, @TempDir Path folder) {
        assertThatThrownBy(() -> configure(
                        folder,
                        "unclassified: {armoryEnvironments: {environments: [{name: prod, jobs: '**', " + field
                                + "}]}}"))
                .hasStackTraceContaining(named + ": is blank, as by a variable that is not set");
        assertThat(ArmoryEnvironments.get().getEnvironments()).isEmpty();
    }

    @Test
    void aRuleHasADayUnlessItSaysOtherwise(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC.replace("timeout: 72", "timeout: 0"));

        j.configRoundtrip();

        assertThat(ArmoryEnvironments.get().getEnvironments().get(0).getBefore())
                .extracting(EnvironmentRule::getTimeout)
                .containsOnly(24L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: ''                                        | name: is missing",
                "jobs: ''                                        | jobs: Enter jobs",
                "before: [{timeout: 3}]                          | before[0].webhook: is missing",
                "before: [{manualApproval: {message: 'Go?'}}]    | before[0].manualApproval.submitters: is missing",
                "before: [{manualApproval: {submitters: [qa]}}, {manualApproval: {submitters: [ops]}}] | before: has manualApproval 2 times; write it once, with its rules",
                "before: [{webhook: x, timeout: 3, unit: days}]  | before[0].unit: there is no unit \"days\"; known are NANOSECONDS",
                "before: [{webhook: x, timeout: 9000, unit: DAYS}] | before[0].timeout: 9000 DAYS is not between",
                "windows: [{allow: 'FREQ=HOURLY', lasts: PT1H, zone: UTC}] | windows[0].allow",
                "windows: [{deny: '2026-01-01/2026-01-02'}]      | windows[0].zone",
                "agents: [linux, 'prod && linux']                | agents[1]: \"prod && linux\" is not one label",
                "agents: ['prod deployer']                       | agents[0]: \"prod deployer\" is not one label",
                "agents: ['!prod']                               | agents[0]: \"!prod\" is not one label",
                "agents: ['(prod)']                              | agents[0]: \"(prod)\" is not one label",
                "agents: ['a->b']                                | agents[0]: \"a->b\" is not one label",
                "waitAtMost: 1000                                | waitAtMost: must be from 1 to 366 days, and is 1000",
            })
    void whatIsWrongIsNamed(String field, String message, JenkinsRule j, @TempDir Path folder) {
        String name = field.startsWith("name") ? "" : "name: prod, ";
        String jobs = field.startsWith("jobs") ? "" : "jobs: '**', ";

        assertThatThrownBy(() -> configure(
                        folder, "unclassified: {armoryEnvironments: {environments: [{" + name + jobs + field + "}]}}"))
                .hasStackTraceContaining("environments[0]." + message);
        assertThat(ArmoryEnvironments.get().getEnvironments()).isEmpty();
    }
}
