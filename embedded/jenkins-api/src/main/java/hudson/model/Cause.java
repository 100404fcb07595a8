package hudson.model;

import java.util.List;

/** Something that a build was started for. On the embedded controller, builds have none. */
public abstract class Cause {

    public abstract String getShortDescription();

    /** A user who started the build. */
    public static class UserIdCause extends Cause {

        @Override
        public String getShortDescription() {
            return "";
        }

        public String getUserId() {
            return null;
        }
    }

    /** A build that started this one. */
    public static class UpstreamCause extends Cause {

        @Override
        public String getShortDescription() {
            return "";
        }

        public List<Cause> getUpstreamCauses() {
            return List.of();
        }

        public String getUpstreamProject() {
            return "";
        }

        public int getUpstreamBuild() {
            return 0;
        }

        public Run<?, ?> getUpstreamRun() {
            return null;
        }

        /** In place of causes that were left out. */
        public static class DeeplyNestedUpstreamCause extends Cause {

            @Override
            public String getShortDescription() {
                return "";
            }
        }
    }
}
