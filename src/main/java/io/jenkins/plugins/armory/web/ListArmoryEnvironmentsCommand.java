package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.JsonNode;
import hudson.AbortException;
import hudson.Extension;
import hudson.cli.CLICommand;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.args4j.Option;

/** The command {@code list-armory-environments}: prints the environments that the user may see, one a line or as JSON. */
@Extension
@Restricted(NoExternalUse.class)
public final class ListArmoryEnvironmentsCommand extends CLICommand {

    @Option(name = "--json", usage = "Prints the data of the page of all environments.")
    private boolean json;

    @Override
    public String getShortDescription() {
        return Messages.ListArmoryEnvironmentsCommand_shortDescription();
    }

    @Override
    protected int run() throws AbortException {
        JsonResponse answer = environments();
        if (answer.status() != 200) {
            throw new AbortException(answer.body().get("message").asText());
        }
        if (json) {
            stdout.println(JsonWriter.inAscii(answer));
        } else {
            answer.body().get("environments").forEach(each -> stdout.println(line(each)));
        }
        return 0;
    }

    private static JsonResponse environments() throws AbortException {
        try {
            return EnvironmentList.response(ArmoryRuntime.get(), null);
        } catch (IOException x) {
            throw new AbortException(x.getMessage()); // says why they are not known
        }
    }

    /**
     * Returns the name, {@code OPEN} or {@code CLOSED}, when that changes next, the builds that deploy to it or wait, and the last
     * deployment, separated by tabs.
     */
    static String line(JsonNode environment) {
        boolean open = environment.get("open").asBoolean();
        String builds = StreamSupport.stream(environment.get("underWay").spliterator(), false)
                .map(ListArmoryEnvironmentsCommand::build)
                .collect(Collectors.joining(", "));
        JsonNode last = environment.get("deployments").path(0);
        return Stream.of(
                        environment.get("name").asText(),
                        open ? "OPEN" : "CLOSED",
                        environment.path(open ? "nextClosing" : "nextOpening").asText(),
                        builds,
                        last.isMissingNode()
                                ? ""
                                : build(last) + " " + last.get("at").asText())
                .map(text -> text.isEmpty() ? "-" : text)
                .map(ListArmoryApprovalsCommand::printable)
                .collect(Collectors.joining("\t"));
    }

    private static String build(JsonNode deployment) {
        return deployment.get("job").asText() + " #" + deployment.get("build").asInt() + " "
                + deployment.get("state").asText();
    }
}
