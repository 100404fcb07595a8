package hudson.model;

import java.util.Collection;
import java.util.List;

/** What holds items: Jenkins itself, or a folder. */
public interface ItemGroup<T extends Item> extends ModelObject {

    String getFullName();

    Collection<T> getItems();

    default <T extends Item> List<T> getAllItems(Class<T> type) {
        return getItems().stream().filter(type::isInstance).map(type::cast).toList();
    }

    default <T extends Item> Iterable<T> allItems(Class<T> type) {
        return getAllItems(type);
    }
}
