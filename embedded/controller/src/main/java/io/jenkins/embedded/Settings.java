package io.jenkins.embedded;

import hudson.ExtensionList;
import hudson.ProxyConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import org.apache.commons.text.StringSubstitutor;
import org.jenkinsci.Symbol;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** Reads the controller's settings from {@code casc.yaml}, in the schema of the Configuration as Code plugin. */
final class Settings {
    /** <code>${VARIABLE}</code> or <code>${VARIABLE:-otherwise}</code>; a circumflex before it leaves it as it is. */
    private final StringSubstitutor variables;

    Settings(Map<String, String> environment) {
        variables = new StringSubstitutor(environment)
                .setEscapeChar('^')
                .setDisableSubstitutionInValues(true)
                .setEnableUndefinedVariableException(true);
    }

    /** @throws IllegalArgumentException with the path of what is wrong */
    void apply(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        Object root;
        try {
            root = yaml().load(Files.readString(file));
        } catch (YAMLException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        if (root == null) {
            return;
        }
        var sections = map(root, "top level");
        Binder.rejectUnknown(sections.keySet(), List.of("credentials", "jenkins", "unclassified"), "top level");
        if (sections.containsKey("credentials")) {
            applyCredentials(sections.get("credentials"));
        }
        if (sections.containsKey("jenkins")) {
            var path = "jenkins.proxy";
            var proxy = map(only("proxy", sections.get("jenkins"), "jenkins"), path);
            Jenkins.get().setProxy(Binder.instantiate(ProxyConfiguration.class, proxy, path));
        }
        if (sections.containsKey("unclassified")) {
            applyGlobalConfiguration(map(sections.get("unclassified"), "unclassified"));
        }
    }

    private static void applyCredentials(Object section) {
        var credentials = new ArrayList<CascCredentials.Entry>();
        var path = "credentials.system.domainCredentials";
        var system = only("system", section, "credentials");
        var domains = list(only("domainCredentials", system, "credentials.system"), path);
        for (var i = 0; i < domains.size(); i++) {
            var domainPath = path + '[' + i + ']';
            var entriesPath = domainPath + ".credentials";
            var entries = list(only("credentials", domains.get(i), domainPath), entriesPath);
            for (var j = 0; j < entries.size(); j++) {
                credentials.add(credential(entries.get(j), entriesPath + '[' + j + ']'));
            }
        }
        ExtensionList.lookupSingleton(CascCredentials.class).replaceBy(credentials);
    }

    private static CascCredentials.Entry credential(Object entry, String path) {
        var kinds = map(entry, path);
        Binder.rejectUnknown(kinds.keySet(), CascCredentials.KINDS.keySet(), path);
        if (kinds.size() != 1) {
            throw new IllegalArgumentException(
                    path + ": expected one kind of credentials, but found " + kinds.keySet());
        }
        var kind = kinds.keySet().iterator().next();
        var valuesPath = path + '.' + kind;
        var credential =
                Binder.instantiate(CascCredentials.KINDS.get(kind), map(kinds.get(kind), valuesPath), valuesPath);
        if (credential.getId() == null || credential.getId().isEmpty()) {
            throw new IllegalArgumentException(valuesPath + ".id: is missing");
        }
        return credential;
    }

    private static void applyGlobalConfiguration(Map<String, Object> section) {
        var known = new TreeMap<String, GlobalConfiguration>();
        for (var configuration : GlobalConfiguration.all()) {
            var symbol = configuration.getClass().getAnnotation(Symbol.class);
            if (symbol != null) {
                known.put(symbol.value()[0], configuration);
            }
        }
        Binder.rejectUnknown(section.keySet(), known.keySet(), "unclassified");
        section.forEach((symbol, values) -> {
            var path = "unclassified." + symbol;
            Binder.configure(known.get(symbol), map(values, path), path);
        });
    }

    private static Object only(String key, Object section, String path) {
        var values = map(section, path);
        Binder.rejectUnknown(values.keySet(), List.of(key), path);
        return values.get(key);
    }

    private static Map<String, Object> map(Object value, String path) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(path + ": expected keys and values");
        }
        var strings = new LinkedHashMap<String, Object>();
        map.forEach((key, entry) -> strings.put(String.valueOf(key), entry));
        return strings;
    }

    private static List<?> list(Object value, String path) {
        if (!(value instanceof List<?> list)) {
            throw new IllegalArgumentException(path + ": expected a list");
        }
        return list;
    }

    /** Reads every value as a text, as the Configuration as Code plugin does: what it means is the setter's to say. */
    private Yaml yaml() {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        var texts = new SafeConstructor(options) {
            @Override
            protected String constructScalar(ScalarNode node) {
                return variables.replace(super.constructScalar(node));
            }
        };
        var dumper = new DumperOptions();
        return new Yaml(texts, new Representer(dumper), dumper, options, new Resolver() {
            @Override
            protected void addImplicitResolvers() {
                // none: a plain value stays a text
            }
        });
    }
}
