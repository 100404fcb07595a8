package hudson.model.listeners;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Item;

/** Hears of the lives of jobs, and of the controller's. */
public class ItemListener implements ExtensionPoint {

    /** All jobs are loaded. */
    public void onLoaded() {}

    public void onDeleted(Item item) {}

    /** The item, or a folder around it, was renamed or moved. */
    public void onLocationChanged(Item item, String oldFullName, String newFullName) {}

    public void onBeforeShutdown() {}

    public static ExtensionList<ItemListener> all() {
        return ExtensionList.lookup(ItemListener.class);
    }
}
