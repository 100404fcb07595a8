package hudson.util;

import java.util.ArrayList;
import java.util.Collection;

/** What a field of a form suggests. */
public class ComboBoxModel extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    public ComboBoxModel() {}

    public ComboBoxModel(Collection<String> values) {
        super(values);
    }
}
