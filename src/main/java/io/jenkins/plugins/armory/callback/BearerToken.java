package io.jenkins.plugins.armory.callback;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the Bearer token of a request (RFC 6750, section 2.1). */
final class BearerToken {

    /** The scheme's name is not case-sensitive (RFC 9110, section 11.1). A Secret text may hold any visible character. */
    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([\\x21-\\x7e]{1,8192})");
    private static final Pattern BARE = Pattern.compile("[\\x21-\\x7e]{1,8192}");

    private BearerToken() {}

    /** Why a request has no token that could be looked at; the message is for its sender. */
    static final class Missing extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        /** @param reason for whoever looks for the cause on Jenkins's side */
        Missing(String message, String reason) {
            super(message, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    static String of(CallbackRequest request) throws Missing {
        boolean alternative = !request.callbackToken().isEmpty();
        List<String> headers = alternative ? request.callbackToken() : request.authorization();
        String name = alternative ? CallbackRequest.ALTERNATIVE_HEADER : "Authorization";
        if (headers.isEmpty()) {
            throw new Missing(
                    "This request has no token: send \"Authorization: Bearer TOKEN\". If you did, a proxy or"
                    + " security realm in front of Jenkins has taken the header; send \"" + CallbackRequest.ALTERNATIVE_HEADER
                    + ": TOKEN\" then.",
                    "no Authorization header: a proxy may strip it");
        }
        if (headers.size() > 1) {
            String many = headers.size() + " " + name + " headers";
            throw new Missing("This request has " + many + "; send one.", many);
        }
        String value = headers.get(0).strip();
        Matcher bearer = BEARER.matcher(value);
        if (bearer.matches()) {
            return bearer.group(1);
        }
        if (alternative && BARE.matcher(value).matches()) {
            return value;
        }
        String none = "The " + name + " header does not hold a Bearer token";
        throw new Missing(
                none + ": send \"" + name + ": " + (alternative ? "" : "Bearer ") + "TOKEN\".",
                none + (value.regionMatches(true, 0, "basic ", 0, 6) ? ", but Basic: a proxy may have put it there" : ""));
    }
}
