package io.jenkins.plugins.armory.step.flow;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Run;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

class DeclaredStagesTest {

    /** Loads the class anew, as on a Jenkins without Declarative Pipelines. */
    private static final class WithoutDeclarative extends ClassLoader {

        WithoutDeclarative() {
            super(DeclaredStagesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.jenkinsci.plugins.pipeline.modeldefinition.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith(DeclaredStages.class.getName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException x) {
                throw new UncheckedIOException(x);
            }
        }
    }

    /** A listener that fails hides the end of a stage from the rest of the plugin. */
    @Test
    void withoutDeclarativePipelinesNoStageIsDeclared() throws ReflectiveOperationException {
        Method mention = new WithoutDeclarative()
                .loadClass(DeclaredStages.class.getName())
                .getMethod("mention", Run.class, String.class);

        assertThat(mention.invoke(null, null, "production")).isEqualTo(false);
    }
}
