package jenkins.model;

import com.thoughtworks.xstream.XStream;
import hudson.ExtensionList;
import hudson.ProxyConfiguration;
import hudson.init.InitMilestone;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.labels.LabelAtom;
import hudson.security.AccessControlled;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import hudson.security.SecurityRealm;
import jakarta.servlet.ServletContext;
import java.io.File;
import java.util.List;
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

    public static final XStream XSTREAM = new XStream();

    private static volatile Jenkins instance;

    private final File root;
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

    public static Authentication getAuthentication2() {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication == null ? ANONYMOUS2 : authentication;
    }

    public InitMilestone getInitLevel() {
        return InitMilestone.COMPLETED;
    }

    public File getRootDir() {
        return root;
    }

    public SecurityRealm getSecurityRealm() {
        return realm;
    }

    public ProxyConfiguration getProxy() {
        return proxy;
    }

    public void setProxy(ProxyConfiguration proxy) {
        this.proxy = proxy;
    }

    public Node getNode(String name) {
        return null;
    }

    public Label getLabel(String expr) {
        return null;
    }

    public LabelAtom getLabelAtom(String name) {
        return name == null ? null : new LabelAtom();
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

    public abstract boolean isQuietingDown();

    public abstract boolean isTerminating();

    @Override
    public abstract List<Item> getItems();
}
