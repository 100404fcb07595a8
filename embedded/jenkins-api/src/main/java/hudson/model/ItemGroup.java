package hudson.model;

import java.util.Collection;
import java.util.List;

/**
 * What holds items: Jenkins itself, or a folder.
 *
 * @param <T> the items' type
 */
public interface ItemGroup<T extends Item> extends ModelObject {

    String getFullName();

    Collection<T> getItems();

    /** Those of a type that are in it, at whatever depth. */
    default <T extends Item> List<T> getAllItems(Class<T> type) {
        return getItems().stream().filter(type::isInstance).map(type::cast).toList();
    }
}
