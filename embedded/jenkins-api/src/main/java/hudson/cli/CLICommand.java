package hudson.cli;

import hudson.ExtensionPoint;
import java.io.InputStream;
import java.io.PrintStream;

/** A command of Jenkins's command line. The embedded controller has none; it is here for the plugin's to compile. */
public abstract class CLICommand implements ExtensionPoint, Cloneable {

    public transient InputStream stdin;
    public transient PrintStream stdout;
    public transient PrintStream stderr;

    public abstract String getShortDescription();

    protected abstract int run() throws Exception;
}
