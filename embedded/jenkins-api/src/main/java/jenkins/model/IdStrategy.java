package jenkins.model;

import java.util.Comparator;

/** When two names are those of the same user or group. */
public abstract class IdStrategy implements Comparator<String> {
    public static final IdStrategy CASE_INSENSITIVE = new CaseInsensitive();

    public boolean equals(String id1, String id2) {
        return compare(id1, id2) == 0;
    }

    public static class CaseInsensitive extends IdStrategy {

        @Override
        public int compare(String id1, String id2) {
            return String.CASE_INSENSITIVE_ORDER.compare(id1, id2);
        }
    }
}
