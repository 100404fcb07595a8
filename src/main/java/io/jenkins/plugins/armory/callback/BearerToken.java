package io.jenkins.plugins.armory.callback;

import java.util.List;

/** Finds the Bearer token of a request (RFC 6750, section 2.1). */
final class BearerToken {

    private static final String SCHEME = "Bearer ";
    private static final int MAX_LENGTH = 8192;

    private BearerToken() {}

    /** Thrown for a request without a readable token. The message is for the caller. */
    static final class Missing extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        /** @param reason the reason for people who look for the cause in Jenkins */
        Missing(String message, String reason) {
            super(message, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /** Returns the token, from {@link CallbackRequest#ALTERNATIVE_HEADER} if the request has that header. */
    static String of(CallbackRequest request) throws Missing {
        boolean alternative = !request.callbackToken().isEmpty();
        List<String> headers = alternative ? request.callbackToken() : request.authorization();
        String name = alternative ? CallbackRequest.ALTERNATIVE_HEADER : "Authorization";
        if (headers.isEmpty()) {
            throw new Missing(
                    "This request has no token: send \"Authorization: Bearer TOKEN\". If you did, a proxy or"
                            + " security realm in front of Jenkins has taken the header; send \""
                            + CallbackRequest.ALTERNATIVE_HEADER
                            + ": TOKEN\" then.",
                    "no Authorization header: a proxy may strip it");
        }
        if (headers.size() > 1) {
            String many = headers.size() + " " + name + " headers";
            throw new Missing("This request has " + many + "; send one.", many);
        }
        String value = headers.get(0).strip();
        // The name of the scheme is case-insensitive (RFC 9110, section 11.1).
        if (value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            String token = afterSpaces(value.substring(SCHEME.length()));
            if (isToken(token)) {
                return token;
            }
        }
        if (alternative && isToken(value)) {
            return value;
        }
        String none = "The " + name + " header does not hold a Bearer token";
        throw new Missing(
                none + ": send \"" + name + ": " + (alternative ? "" : "Bearer ") + "TOKEN\".",
                none
                        + (value.regionMatches(true, 0, "basic ", 0, 6)
                                ? ", but Basic: a proxy may have put it there"
                                : ""));
    }

    private static String afterSpaces(String text) {
        int start = 0;
        while (start < text.length() && text.charAt(start) == ' ') {
            start++;
        }
        return text.substring(start);
    }

    /** Accepts any visible character, as in a Secret text. A regular expression would take a fifth of the time of a callback. */
    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= MAX_LENGTH;
    }
}
