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

        Missing(String message) {
            super(message, null, false, false);
        }
    }

    static String of(CallbackRequest request) throws Missing {
        boolean alternative = !request.callbackToken().isEmpty();
        List<String> headers = alternative ? request.callbackToken() : request.authorization();
        String name = alternative ? CallbackRequest.ALTERNATIVE_HEADER : "Authorization";
        if (headers.isEmpty()) {
            throw new Missing("This request has no token: send \"Authorization: Bearer TOKEN\". If you did, a proxy or"
                    + " security realm in front of Jenkins has taken the header; send \"" + CallbackRequest.ALTERNATIVE_HEADER
                    + ": TOKEN\" then.");
        }
        if (headers.size() > 1) {
            throw new Missing("This request has " + headers.size() + " " + name + " headers; send one.");
        }
        String value = headers.get(0).strip();
        Matcher bearer = BEARER.matcher(value);
        if (bearer.matches()) {
            return bearer.group(1);
        }
        if (alternative && BARE.matcher(value).matches()) {
            return value;
        }
        throw new Missing("The " + name + " header does not hold a Bearer token: send \"" + name + ": "
                + (alternative ? "" : "Bearer ") + "TOKEN\".");
    }
}
