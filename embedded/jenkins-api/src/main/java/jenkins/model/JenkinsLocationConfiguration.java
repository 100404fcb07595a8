package jenkins.model;

import hudson.ExtensionList;
import org.jenkinsci.Symbol;

/** Where Jenkins is reached. */
@Symbol("location")
public class JenkinsLocationConfiguration extends GlobalConfiguration {
    private volatile String url;

    public static JenkinsLocationConfiguration get() {
        return ExtensionList.lookupSingleton(JenkinsLocationConfiguration.class);
    }

    /** The Jenkins URL, with a slash at the end, or null when it is not configured. */
    public String getUrl() {
        return url;
    }

    public void setUrl(String url) {
        this.url = url == null || url.isBlank() ? null : url.endsWith("/") ? url : url + '/';
    }
}
