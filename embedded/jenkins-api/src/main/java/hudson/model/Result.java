package hudson.model;

import java.io.Serial;
import java.io.Serializable;
import java.util.Locale;

/** The result of a build. */
public final class Result implements Serializable {
    private static final long serialVersionUID = 1;

    public static final Result SUCCESS = new Result("SUCCESS", 0);
    public static final Result UNSTABLE = new Result("UNSTABLE", 1);
    public static final Result FAILURE = new Result("FAILURE", 2);
    public static final Result NOT_BUILT = new Result("NOT_BUILT", 3);
    public static final Result ABORTED = new Result("ABORTED", 4);

    private static final Result[] ALL = {SUCCESS, UNSTABLE, FAILURE, NOT_BUILT, ABORTED};

    private final String name;
    /** The higher, the worse. */
    public final int ordinal;

    private Result(String name, int ordinal) {
        this.name = name;
        this.ordinal = ordinal;
    }

    /** The result of that name; {@link #FAILURE} when there is none. */
    public static Result fromString(String s) {
        for (var result : ALL) {
            if (result.name.equals(s.toUpperCase(Locale.ENGLISH))) {
                return result;
            }
        }
        return FAILURE;
    }

    public boolean isWorseThan(Result that) {
        return ordinal > that.ordinal;
    }

    @Override
    public String toString() {
        return name;
    }

    /** Results are compared by identity, so there must be one of each after a resume too. */
    @Serial
    private Object readResolve() {
        return ALL[ordinal];
    }
}
