package jenkins.model;

import hudson.ExtensionList;
import hudson.ProxyConfiguration;
import hudson.init.InitMilestone;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Label;
import hudson.model.Node;
import hudson.security.AccessControlled;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import hudson.security.SecurityRealm;
import jakarta.servlet.ServletContext;
import java.io.File;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;

/** The controller; the one instance of this class is whichever subclass was created last. */
public abstract class Jenkins implements ItemGroup<Item>, AccessControlled {
    public static final Permission ADMINISTER =
            new Permission(new PermissionGroup(Jenkins.class, null), "Administer", null);
    public static final Permission READ = new Permission(ADMINISTER.group, "Read", ADMINISTER);

    /** Whoever did not log in; on the embedded controller, everybody. */
    public static final Authentication ANONYMOUS2 =
            new AnonymousAuthenticationToken("anonymous", "anonymous", AuthorityUtils.createAuthorityList("anonymous"));

    private static volatile Jenkins instance;

    private final File root;
    /** One without users. */
    private final SecurityRealm realm = new SecurityRealm() {};

    private volatile ProxyConfiguration proxy;

    /** The subclass must not rely on a servlet context: the embedded controller has none to give. */
    protected Jenkins(File root, ServletContext context) {
        this.root = root;
        instance = this;
    }

    public static Jenkins get() {
        var jenkins = instance;
        if (jenkins == null) {
            throw new IllegalStateException("Jenkins has not been started, or was already shut down");
        }
        return jenkins;
    }

    public static Jenkins getInstanceOrNull() {
        return instance;
    }

    /** Who acts in this thread. */
    public static Authentication getAuthentication2() {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication == null ? ANONYMOUS2 : authentication;
    }

    /** It takes no requests before it has come to the end of its start. */
    public InitMilestone getInitLevel() {
        return InitMilestone.COMPLETED;
    }

    /** JENKINS_HOME. */
    public File getRootDir() {
        return root;
    }

    public SecurityRealm getSecurityRealm() {
        return realm;
    }

    /** The proxy to go through, or null. */
    public ProxyConfiguration getProxy() {
        return proxy;
    }

    public void setProxy(ProxyConfiguration proxy) {
        this.proxy = proxy;
    }

    /** The agent of that name, or null. */
    public Node getNode(String name) {
        return null;
    }

    /** The label of that name, or null. */
    public Label getLabel(String expr) {
        return null;
    }

    /** The Jenkins URL, with a slash at the end, or null when it is not configured. */
    public String getRootUrl() {
        return JenkinsLocationConfiguration.get().getUrl();
    }

    @Override
    public String getFullName() {
        return "";
    }

    @Override
    public String getDisplayName() {
        return "Jenkins";
    }

    public abstract <T extends Item> T getItemByFullName(String fullName, Class<T> type);

    public abstract <T> ExtensionList<T> getExtensionList(Class<T> extensionType);

    /** Whether no new builds are to start. */
    public abstract boolean isQuietingDown();

    /** Whether the controller is shutting down. */
    public abstract boolean isTerminating();
}
