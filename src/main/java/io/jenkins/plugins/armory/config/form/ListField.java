package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A field with a list of texts: a list in a Pipeline, and in a form a text area with a line for each. */
@Restricted(NoExternalUse.class)
public interface ListField {

    /** @param entries {@code null} in the form of a new object */
    default String lines(@CheckForNull List<String> entries) {
        return entries == null ? "" : String.join("\n", entries);
    }

    /**
     * Returns a list for a definition: XStream writes an immutable one by the names of the JDK's classes, and refers to
     * an empty one.
     */
    static <T> ArrayList<T> copy(@CheckForNull List<T> entries) {
        return entries == null ? new ArrayList<>() : new ArrayList<>(entries);
    }

    /** Returns the lines of a list's texts, without blank ones, as {@link #copy} does. */
    static ArrayList<String> of(@CheckForNull List<String> texts) {
        return texts == null
                ? new ArrayList<>()
                : texts.stream()
                        .filter(Objects::nonNull) // as Configuration as Code has it while it exports an empty list
                        .flatMap(String::lines)
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .collect(Collectors.toCollection(ArrayList::new));
    }

    /**
     * Checks that no text is blank. A blank text, for instance of a variable that is not set, would be left out
     * silently, and a list that restricts something would restrict less.
     *
     * @param field the name of the field in the message
     * @throws IllegalArgumentException naming the field and the text
     */
    static void checkNoneBlank(String field, @CheckForNull List<String> texts) {
        if (texts != null) {
            for (int i = 0; i < texts.size(); i++) {
                notBlank(field + "[" + i + "]", Objects.requireNonNullElse(texts.get(i), ""));
            }
        }
    }

    /** Returns the lines as {@link #of} does, after {@link #checkNoneBlank}. */
    static ArrayList<String> noneBlank(String field, @CheckForNull List<String> texts) {
        checkNoneBlank(field, texts);
        return of(texts);
    }

    /**
     * Returns a text without the white space around it, {@code null} if it is not given.
     *
     * @throws IllegalArgumentException naming the field, if the text is blank
     */
    @CheckForNull
    static String notBlank(String field, @CheckForNull String text) {
        if (text != null && text.isBlank()) {
            throw new IllegalArgumentException(Messages.ListField_blank(field));
        }
        return text == null ? null : text.strip();
    }

    /** Returns the words of a list's texts, which white space or commas separate. */
    static List<String> words(@CheckForNull List<String> texts) {
        return texts == null
                ? List.of()
                : texts.stream()
                        .flatMap(text -> Arrays.stream(text.split("[\\s,]+")))
                        .filter(each -> !each.isEmpty())
                        .toList();
    }

    /** Maps each entry of a list, with its name in messages. */
    static <T, R> List<R> mapEach(String field, List<T> entries, BiFunction<String, T, R> map) {
        return IntStream.range(0, entries.size())
                .mapToObj(i -> map.apply(field + "[" + i + "]", entries.get(i)))
                .toList();
    }

    /** Checks each entry of a list, and names the one that is wrong. */
    static <T> void checkEach(String field, List<T> entries, Consumer<T> check) {
        for (int i = 0; i < entries.size(); i++) {
            try {
                check.accept(entries.get(i));
            } catch (IllegalArgumentException x) {
                throw new IllegalArgumentException(field + "[" + i + "]." + x.getMessage(), x);
            }
        }
    }
}
