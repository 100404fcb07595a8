package io.jenkins.plugins.armory.part.file.step;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import java.util.Objects;
import org.jenkinsci.plugins.workflow.cps.CpsScript;
import org.jenkinsci.plugins.workflow.cps.GlobalVariable;
import org.jenkinsci.plugins.workflow.cps.GroovySourceFileAllowlist;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The global variable {@code armoryDeployment(config: readTrusted('deploy.yml')) { }}: runs an Armory deployment file.
 * A step can run its body one time after the other, but not side by side for each target. So this is a script that the
 * engine runs as a part of the Pipeline, like {@code pipeline} of Declarative Pipelines.
 */
@Restricted(NoExternalUse.class)
@Extension
public final class DeploymentVariable extends GlobalVariable {

    private static final String SCRIPT = "DeploymentScript";

    @NonNull
    @Override
    public String getName() {
        return "armoryDeployment";
    }

    /**
     * Called by the engine's thread. The script's loader compiles the class on first use and resumes it after a
     * restart.
     */
    @NonNull
    @Override
    public Object getValue(@NonNull CpsScript script) throws Exception {
        return script.getClass()
                .getClassLoader()
                .loadClass(DeploymentVariable.class.getPackageName() + '.' + SCRIPT)
                .getConstructor(CpsScript.class)
                .newInstance(script);
    }

    /** Lets the engine load the script, which is not sandboxed. */
    @Restricted(NoExternalUse.class)
    @Extension
    public static final class Allowlist extends GroovySourceFileAllowlist {

        private final String source = Objects.requireNonNull(
                        DeploymentVariable.class.getResource(SCRIPT + ".groovy"), SCRIPT)
                .toString();

        @Override
        public boolean isAllowed(String groovySourceFileUrl) {
            return source.equals(groovySourceFileUrl);
        }
    }
}
