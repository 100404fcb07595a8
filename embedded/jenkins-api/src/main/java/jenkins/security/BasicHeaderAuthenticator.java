package jenkins.security;

import hudson.ExtensionPoint;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.core.Authentication;

/** Says who somebody is that comes with HTTP Basic; the embedded controller asks nobody who they are. */
public abstract class BasicHeaderAuthenticator implements ExtensionPoint {

    public Authentication authenticate2(
            HttpServletRequest request, HttpServletResponse response, String username, String password)
            throws IOException, ServletException {
        return null;
    }
}
