package io.jenkins.embedded;

import com.cloudbees.groovy.cps.CpsTransformer;
import com.cloudbees.groovy.cps.NonCPS;
import com.cloudbees.groovy.cps.TransformerConfiguration;
import groovy.lang.Binding;
import groovy.lang.GroovyClassLoader;
import groovy.lang.GroovyCodeSource;
import groovy.lang.GroovyShell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.customizers.ImportCustomizer;

/**
 * Compiles Pipeline scripts into the form that can be suspended, saved and resumed. Scripts are not sandboxed: whoever
 * creates jobs on the embedded controller is the user whose machine it runs on.
 */
final class PipelineCompiler {
    /** The name that Jenkins gives to the class of a Pipeline script. */
    static final String SCRIPT = "WorkflowScript";

    /**
     * Not where Groovy would look for the source of the class, which it compiles once more when the clock was set back.
     */
    private static final String LIBRARY = "library/Steps.groovy";

    /** The steps with a body; compiled once, as all Pipelines use the same. */
    private static final GroovyClassLoader LIBRARY_LOADER = library();

    private PipelineCompiler() {}

    /** A new instance of the script. */
    static PipelineScript parse(String script) {
        return (PipelineScript) shell().parse(script, SCRIPT);
    }

    /** A loader that has the script's classes, under the same names as those of {@link #parse}. */
    static ClassLoader load(String script) {
        var loader = shell().getClassLoader();
        loader.parseClass(script, SCRIPT);
        return loader;
    }

    private static GroovyShell shell() {
        var configuration = configuration();
        configuration.setScriptBaseClass(PipelineCompiler.class.getPackageName() + ".Steps");
        return new GroovyShell(LIBRARY_LOADER, new Binding(), configuration);
    }

    private static GroovyClassLoader library() {
        var loader = new GroovyClassLoader(PipelineCompiler.class.getClassLoader(), configuration());
        try (var source = PipelineCompiler.class.getResourceAsStream(LIBRARY)) {
            var text = new String(source.readAllBytes(), StandardCharsets.UTF_8);
            loader.parseClass(new GroovyCodeSource(text, LIBRARY, "/pipeline"), true);
            return loader;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CompilerConfiguration configuration() {
        var transformer = new CpsTransformer();
        transformer.setConfiguration(new TransformerConfiguration().withClosureType(PipelineClosure.class));
        var configuration = new CompilerConfiguration();
        configuration.addCompilationCustomizers(
                new ImportCustomizer().addStarImports(NonCPS.class.getPackageName(), "hudson.model", "jenkins.model"),
                transformer);
        return configuration;
    }
}
