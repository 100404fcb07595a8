package org.kohsuke.stapler;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/** A request on its way along the path of the objects that the URL names. */
public interface StaplerRequest2 extends HttpServletRequest {

    /** The decoded path below the present object, with a slash at its start; empty at the object itself. */
    String getRestOfPath();

    RequestDispatcher getView(Object it, String viewName) throws IOException;
}
