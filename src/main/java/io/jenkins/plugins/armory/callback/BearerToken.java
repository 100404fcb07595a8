package io.jenkins.plugins.armory.callback;

import io.jenkins.plugins.armory.callback.CallerIdentification.FailedException;
import java.util.List;

/** Finds the Bearer token of a request (RFC 6750, section 2.1). */
final class BearerToken {

    private static final String SCHEME = "Bearer ";
    private static final int MAX_LENGTH = 8192;

    private BearerToken() {}

    /**
     * Returns the token, from {@link CallbackRequest#ALTERNATIVE_HEADER} if the request has that header.
     *
     * @throws FailedException if there is none that can be read
     */
    static String of(CallbackRequest request) throws FailedException {
        List<String> alternatives = request.headers().apply(CallbackRequest.ALTERNATIVE_HEADER);
        boolean alternative = !alternatives.isEmpty();
        List<String> headers = alternative ? alternatives : request.headers().apply("Authorization");
        String name = alternative ? CallbackRequest.ALTERNATIVE_HEADER : "Authorization";
        if (headers.isEmpty()) {
            throw FailedException.invalid(
                    "This request has no token: send \"Authorization: Bearer TOKEN\". If you did, a proxy or"
                            + " security realm in front of Jenkins has taken the header; send \""
                            + CallbackRequest.ALTERNATIVE_HEADER
                            + ": TOKEN\" then.",
                    "no Authorization header: a proxy may strip it");
        }
        if (headers.size() > 1) {
            String many = headers.size() + " " + name + " headers";
            throw FailedException.invalid("This request has " + many + "; send one.", many);
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
        throw FailedException.invalid(
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

    /**
     * Accepts any visible character, as in a Secret text. A regular expression would take a fifth of the time of a
     * callback.
     */
    private static boolean isToken(String text) {
        return !text.isEmpty() && text.length() <= MAX_LENGTH && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
