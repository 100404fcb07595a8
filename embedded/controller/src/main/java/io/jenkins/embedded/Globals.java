package io.jenkins.embedded;

import groovy.lang.GroovyObjectSupport;
import hudson.model.Result;
import java.io.Serializable;

/**
 * The global variables of Pipelines. They hold nothing themselves, so a Pipeline may keep them in variables of its own.
 */
final class Globals {

    private Globals() {}

    private static Program program() {
        return ProgramThread.current().program();
    }

    /** {@code env}. */
    public static final class Environment extends GroovyObjectSupport implements Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public Object getProperty(String name) {
            return program().environment(ProgramThread.current()).get(name);
        }

        @Override
        public void setProperty(String name, Object value) {
            program().assigned().put(name, String.valueOf(value));
        }
    }

    /** {@code currentBuild}. */
    public static final class CurrentBuild implements Serializable {
        private static final long serialVersionUID = 1;

        private PipelineBuild build() {
            return program().build();
        }

        public int getNumber() {
            return build().getNumber();
        }

        public String getResult() {
            return build().getResult() == null ? null : build().getResult().toString();
        }

        public void setResult(String result) {
            build().setResult(Result.fromString(result));
        }

        public String getCurrentResult() {
            return build().getResult() == null ? Result.SUCCESS.toString() : getResult();
        }
    }
}
