package hudson;

import java.io.IOException;

/** A failure that its message explains: the build log shows no stack trace for it. */
public class AbortException extends IOException {
    private static final long serialVersionUID = 1;

    public AbortException() {}

    public AbortException(String message) {
        super(message);
    }
}
