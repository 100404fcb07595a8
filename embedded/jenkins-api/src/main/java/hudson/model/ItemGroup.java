package hudson.model;

import java.util.Collection;

/**
 * What holds items: Jenkins itself, or a folder.
 *
 * @param <T> the items' type
 */
public interface ItemGroup<T extends Item> extends ModelObject {

    String getFullName();

    Collection<T> getItems();
}
