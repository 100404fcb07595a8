package io.jenkins.plugins.armory.part.oauth;

import hudson.Extension;
import io.jenkins.plugins.armory.callback.RequestBody;
import io.jenkins.plugins.armory.web.Route;
import io.jenkins.plugins.armory.web.Routes;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The path {@code armory/oauth/token}. */
@Extension
@Restricted(NoExternalUse.class)
public final class TokenRoute implements Routes {

    private static final List<Route> ROUTES = List.of(new Route(
            "POST",
            "/oauth/token",
            Route.Access.CALLERS,
            Route.json(call -> ArmoryClients.get().endpoint().handle(token(call.request())))));

    @Override
    public List<Route> routes() {
        return ROUTES;
    }

    static TokenRequest token(HttpServletRequest request) {
        return new TokenRequest(
                request.getMethod(),
                request.getQueryString(),
                Collections.list(request.getHeaders("Authorization")),
                new RequestBody(request.getContentType(), request.getContentLengthLong(), () -> body(request)));
    }

    /**
     * Returns the body. If Jenkins or a plugin asked for a parameter before, the container has read the form and the
     * body is empty (Jakarta Servlet, section 3.1.1). Then it is restored from the parameters.
     */
    private static InputStream body(HttpServletRequest request) throws IOException {
        InputStream body = request.getInputStream();
        String type = request.getContentType();
        if (request.getContentLengthLong() == 0
                || type == null
                || !type.startsWith("application/x-www-form-urlencoded")) {
            return body;
        }
        byte[] first = body.readNBytes(1);
        return first.length > 0
                ? new SequenceInputStream(new ByteArrayInputStream(first), body)
                : new ByteArrayInputStream(request.getParameterMap().entrySet().stream()
                        .flatMap(parameter -> Arrays.stream(parameter.getValue())
                                .map(value -> encode(parameter.getKey()) + '=' + encode(value)))
                        .collect(Collectors.joining("&"))
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
