package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The definitions of a step's approvals in the program, until the approvals are written. Several are one compressed object, since they differ
 * in little. One is as it is: what it shares with those of other steps is in the program once, which is smaller.
 */
final class Definitions implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final ObjectInputFilter KNOWN =
            ObjectInputFilter.Config.createFilter("io.jenkins.plugins.armory.**;java.base/*;!*");

    @CheckForNull
    private final ApprovalDefinition single;

    /** {@code null} for a single one. */
    @CheckForNull
    private final byte[] packed;

    @SuppressWarnings("serial") // the packed ones are
    @CheckForNull
    private transient volatile List<ApprovalDefinition> all;

    private Definitions(@CheckForNull ApprovalDefinition single, @CheckForNull byte[] packed) {
        this.single = single;
        this.packed = packed;
    }

    /** @throws IOException if they cannot be packed */
    static Definitions of(List<ApprovalDefinition> all) throws IOException {
        if (all.size() == 1) {
            return new Definitions(all.get(0), null);
        }
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(new GZIPOutputStream(bytes))) {
            out.writeObject(new ArrayList<>(all));
        }
        var definitions = new Definitions(null, bytes.toByteArray());
        definitions.all = List.copyOf(all);
        return definitions;
    }

    /** @throws IOException if they cannot be read */
    @SuppressWarnings("unchecked")
    List<ApprovalDefinition> all() throws IOException {
        if (packed == null) {
            return List.of(Objects.requireNonNull(single, "one, or several that are packed"));
        }
        List<ApprovalDefinition> known = all;
        if (known == null) {
            try (var in = new ObjectInputStream(new GZIPInputStream(new ByteArrayInputStream(packed)))) {
                in.setObjectInputFilter(KNOWN);
                known = (List<ApprovalDefinition>) in.readObject();
            } catch (ClassNotFoundException x) {
                throw new IOException(x);
            }
            all = known;
        }
        return known;
    }
}
