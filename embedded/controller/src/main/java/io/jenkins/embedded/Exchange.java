package io.jenkins.embedded;

import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.model.Action;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;

/** A request and its response. */
record Exchange(HttpServletRequest request, HttpServletResponse response) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern OWN_HOST = Pattern.compile("(127\\.0\\.0\\.1|localhost)(:\\d+)?");

    /** The method, where {@code HEAD} counts as {@code GET}. */
    String method() {
        return request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
    }

    /**
     * Whether a page of another origin sent the request. Such a page may resolve its own name to this machine, or
     * submit a form.
     */
    boolean isFromElsewhere() {
        var host = request.getHeader("Host");
        if (host == null || !OWN_HOST.matcher(host).matches()) {
            return true;
        }
        var origin = request.getHeader("Origin");
        return !method().equals("GET") && origin != null && !origin.equals("http://" + host);
    }

    /** Whoever HTTP Basic names, with any password: nobody else can ask, and every user may do everything. */
    Authentication user() {
        var authorization = request.getHeader("Authorization");
        if (authorization == null || !authorization.startsWith("Basic ")) {
            return Jenkins.ANONYMOUS2;
        }
        var decoded = Base64.getMimeDecoder().decode(authorization.substring("Basic ".length()));
        var name = new String(decoded, StandardCharsets.UTF_8).split(":", 2)[0];
        return name.isEmpty() ? Jenkins.ANONYMOUS2 : new UsernamePasswordAuthenticationToken(name, "", List.of());
    }

    void text(int status, String text) throws IOException {
        answer(status, "text/plain", text);
    }

    void html(String page) throws IOException {
        response.setHeader("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
        answer(200, "text/html", page);
    }

    void json(Object data) throws IOException {
        answer(200, "application/json", JSON.writeValueAsString(data));
    }

    private void answer(int status, String type, String content) throws IOException {
        response.setStatus(status);
        response.setContentType(type + "; charset=UTF-8");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.getOutputStream().write(content.getBytes(StandardCharsets.UTF_8));
    }

    /** Has an action of the plugin answer, as Stapler does. */
    void dispatch(Action action, String restOfPath) throws ReflectiveOperationException {
        action.getClass()
                .getMethod("doDynamic", StaplerRequest2.class, StaplerResponse2.class)
                .invoke(action, new Request(request, restOfPath), new Response(response));
    }

    private static final class Request extends HttpServletRequestWrapper implements StaplerRequest2 {
        private final String restOfPath;

        Request(HttpServletRequest request, String restOfPath) {
            super(request);
            this.restOfPath = restOfPath;
        }

        @Override
        public String getRestOfPath() {
            return restOfPath;
        }

        @Override
        public RequestDispatcher getView(Object it, String viewName) {
            throw new UnsupportedOperationException("The controller has no views");
        }
    }

    private static final class Response extends HttpServletResponseWrapper implements StaplerResponse2 {
        Response(HttpServletResponse response) {
            super(response);
        }
    }
}
