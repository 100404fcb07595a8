package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.Callback;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/** Makes requests to a callback's address of which each is wrong in one way at least, and most in several. */
final class OddRequests {

    private static final String DECISION = "{\"success\": true, \"mdMessage\": \"odd\"}";

    private final Random random;
    private final Callback callback;
    private final String path;

    OddRequests(Callback callback, long seed) {
        this.random = new Random(seed);
        this.callback = callback;
        this.path = URI.create(callback.uri()).getPath();
    }

    byte[] next() throws IOException {
        // A good token on the way to its approval never comes with a good body.
        boolean genuine = random.nextBoolean();
        byte[] body = body(genuine);
        String head = oneOf(
                        "POST", "POST", "POST", "POST", "POST", "POST", "GET", "PUT", "PATCH", "HEAD", "OPTIONS",
                        "post", "ODD")
                + " " + target() + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                + token(genuine) + contentType() + further() + length(body.length);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(head.getBytes(StandardCharsets.ISO_8859_1));
        request.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        request.write(body);
        return request.toByteArray();
    }

    private String target() {
        return oneOf(
                path,
                path,
                path,
                path + "/callback",
                path + "/callback",
                path
                        + oneOf(
                                "/",
                                "//",
                                "/callback/",
                                "/callback/callback",
                                "/Callback",
                                "/../callback",
                                "%2fcallback",
                                ";a=b",
                                "?success=true",
                                "?token=" + callback.token(),
                                "%00",
                                "%",
                                "%zz",
                                "%c0%ae",
                                "\u00e9",
                                "#callback"),
                path.replace(
                        callback.id(),
                        oneOf(
                                "",
                                ".",
                                "..",
                                "%2e%2e",
                                callback.id().toUpperCase(Locale.ROOT),
                                callback.id().substring(1),
                                callback.token(),
                                hex(48),
                                hex(47),
                                text(60),
                                "a".repeat(5000))),
                path.substring(0, path.lastIndexOf('/')),
                "/armory/" + text(12),
                "/armory/api/json/" + text(3));
    }

    private String token(boolean genuine) {
        if (genuine) {
            return oneOf("Authorization: Bearer ", "authorization:bearer   ", "X-Armory-Callback-Token: ")
                    + callback.token() + "\r\n";
        }
        return oneOf(
                "",
                "",
                "Authorization: \r\n",
                "Authorization: Bearer\r\n",
                "Authorization: " + callback.token() + "\r\n",
                "Authorization: Bearer " + text(1 + random.nextInt(100)) + "\r\n",
                "Authorization: Bearer " + "a".repeat(7000) + "\r\n",
                "Authorization: Bearer " + callback.id() + "." + text(43) + "\r\n",
                "Authorization: Bearer " + callback.token() + "\r\nAuthorization: Bearer x\r\n",
                "X-Armory-Callback-Token: " + text(20) + "\r\nAuthorization: Bearer " + callback.token() + "\r\n",
                "Cookie: token=" + callback.token() + "\r\n");
    }

    private String contentType() {
        return oneOf(
                "Content-Type: application/json\r\n",
                "Content-Type: application/json\r\n",
                "Content-Type: application/json; charset=utf-8\r\n",
                "Content-Type: application/json; charset=utf-16\r\n",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                "Content-Type: multipart/form-data; boundary=odd\r\n",
                "Content-Type: multipart/form-data\r\n",
                "Content-Type: " + text(20) + "\r\n",
                "Content-Type:\r\n",
                "");
    }

    private String further() {
        return oneOf(
                "",
                "",
                "",
                "",
                "Accept: " + text(10) + "\r\n",
                "Content-Encoding: gzip\r\n",
                "X-HTTP-Method-Override: GET\r\n",
                "X-Forwarded-For: " + text(30) + "\r\n",
                "Origin: null\r\n",
                "Range: bytes=0-1\r\n",
                "Accept-Language: " + text(10) + "\r\n",
                text(10) + ": " + text(10) + "\r\n");
    }

    private String length(int length) {
        return oneOf(
                "Content-Length: " + length + "\r\n",
                "Content-Length: " + length + "\r\n",
                "Content-Length: " + length + "\r\n",
                "Content-Length: " + (length + 1) + "\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length: 1\r\nContent-Length: 2\r\n",
                "Transfer-Encoding: chunked\r\n",
                "");
    }

    private byte[] body(boolean genuineToken) {
        String odd = oneOf(
                "",
                "{",
                "[]",
                "null",
                "true",
                "\"true\"",
                "success=true",
                "json=%7B%22success%22%3Atrue%7D",
                "{\"success\": " + oneOf("1", "null", "\"TRUE\"", "\" true\"", "[]", "{}", "1e999", "\"yes\"", "TRUE")
                        + "}",
                "{\"success\": true, \"success\": true}",
                "{\"success\": true, \"mdMessage\": " + oneOf("1", "[]", "{}", "true") + "}",
                "{\"Success\": true}",
                "{\"success\": true} x",
                "{\"success\": true, \"a\": " + "[".repeat(5000),
                "{\"success\": true, \"a\": \"" + "a".repeat(70_000) + "\"}",
                "\u00ff\u00fe" + text(100),
                text(1000));
        return (genuineToken ? odd : oneOf(odd, DECISION)).getBytes(StandardCharsets.ISO_8859_1);
    }

    private String oneOf(String... choices) {
        return List.of(choices).get(random.nextInt(choices.length));
    }

    private String hex(int digits) {
        return random.ints(digits, 0, 16).mapToObj(Integer::toHexString).collect(Collectors.joining());
    }

    /** Printable characters and a few that are not, but no line break. */
    private String text(int length) {
        return random.ints(length, 0x1c, 0x100)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
