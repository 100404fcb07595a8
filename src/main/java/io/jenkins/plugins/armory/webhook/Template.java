package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A mustache template with variables only: no sections and no partials, as in Armory. A variable is
 * {@code {{namespace.name}}}, with optional spaces inside the braces.
 */
final class Template {

    private static final Pattern NAME = Pattern.compile("[^\\s{}#/^>&!]+");
    private static final Pattern VARIABLE = Pattern.compile("(armory|answer|context|secrets)\\." + NAME);

    /**
     * A variable as it stands in a template.
     *
     * @param start where its braces begin
     * @param end where they end
     * @param name what is between them, without spaces around
     */
    private record Tag(int start, int end, String name) {

        /**
         * Returns the first tag from an index on, {@code null} if there is none. A regular expression would look for
         * the end of each "{{" anew, and so take the time of the square of their number.
         */
        @CheckForNull
        static Tag next(String text, int from) {
            int start = text.indexOf("{{", from);
            int end = start < 0 ? -1 : text.indexOf("}}", start + 2);
            return end < 0
                    ? null
                    : new Tag(start, end + 2, text.substring(start + 2, end).strip());
        }
    }

    /** Escapes a value for the place where it stands. */
    interface Escaping {
        /**
         * @param value the variable's value
         * @param before the rendered text before the value
         * @throws IllegalArgumentException if the value cannot stand there; the message says why without showing it
         */
        String escape(String value, CharSequence before);
    }

    /**
     * The text of a template after its variables have been replaced.
     *
     * @param values for each variable, four offsets: start and end of its value in the text, start and end of its tag
     */
    record Rendered(Template template, String text, List<int[]> values) {

        @Override
        public String toString() {
            return text;
        }

        /** Returns the place in the template that a character of the text comes from: "at line 1, column 2". */
        String placeOf(int offset) {
            int shift = 0;
            for (int[] value : values) {
                if (offset < value[0]) {
                    break;
                }
                if (offset < value[1]) {
                    return template.place(value[2]);
                }
                shift = value[3] - value[1];
            }
            return template.place(offset + shift);
        }
    }

    private final String field;
    private final String text;

    /**
     * @param field the name of the template in messages
     * @param text the template
     */
    Template(String field, String text) {
        this.field = field;
        this.text = text;
    }

    /** Returns whether a variable can have a name. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    static Set<String> variables(String text) {
        var names = new TreeSet<String>();
        for (Tag tag = Tag.next(text, 0); tag != null; tag = Tag.next(text, tag.end())) {
            names.add(tag.name());
        }
        return names;
    }

    /**
     * Checks the tags of a template, whatever the values will be.
     *
     * @throws InvalidWebhookException if a tag is not a variable, or has no end
     */
    static void check(String field, String text) {
        try {
            new Template(field, text).render(name -> "", (value, before) -> value, Integer.MAX_VALUE);
        } catch (UndeliverableException x) {
            throw new InvalidWebhookException(
                    field, String.valueOf(x.getMessage()).substring(field.length() + 2));
        }
    }

    /**
     * Replaces the variables. Tags in their values stay as they are.
     *
     * @throws UndeliverableException if a tag is not a variable or has no end, if a variable has no value or one that
     *     cannot stand there, and if the text becomes too long
     */
    Rendered render(Variables variables, Escaping escaping) throws UndeliverableException {
        return render(
                name -> {
                    String value = variables.get(name);
                    if (value == null) {
                        throw new IllegalArgumentException("has no value; " + variables.hint(name));
                    }
                    return value;
                },
                escaping,
                Bound.TEXT.most()); // a long value may stand in it often
    }

    private Rendered render(UnaryOperator<String> values, Escaping escaping, int maxLength)
            throws UndeliverableException {
        var rendered = new StringBuilder();
        var places = new ArrayList<int[]>();
        int from = 0;
        for (Tag tag = Tag.next(text, 0); tag != null; tag = Tag.next(text, from)) {
            rendered.append(text, from, tag.start());
            int start = rendered.length();
            rendered.append(value(tag, values, escaping, rendered));
            from = tag.end();
            places.add(new int[] {start, rendered.length(), tag.start(), from});
            checkLength(rendered, maxLength);
        }
        checkNoOpenTag(from);
        rendered.append(text, from, text.length());
        checkLength(rendered, maxLength);
        return new Rendered(this, rendered.toString(), places);
    }

    private String value(Tag tag, UnaryOperator<String> values, Escaping escaping, CharSequence before)
            throws UndeliverableException {
        String name = tag.name();
        if (!VARIABLE.matcher(name).matches()) {
            throw new UndeliverableException(field + ": \"{{" + name + "}}\" " + place(tag.start())
                    + " is not a variable; write {{armory.NAME}}, {{answer.NAME}}, {{context.NAME}} or {{secrets.ID}}."
                    + " Sections and partials are not supported");
        }
        try {
            return escaping.escape(values.apply(name), before);
        } catch (IllegalArgumentException x) {
            throw new UndeliverableException(
                    field + ": {{" + name + "}} " + place(tag.start()) + ": " + x.getMessage());
        }
    }

    /** Checks for "{{" only: "}}" alone is the end of two JSON objects. */
    private void checkNoOpenTag(int from) throws UndeliverableException {
        int open = text.indexOf("{{", from);
        if (open >= 0) {
            throw new UndeliverableException(field + ": the \"{{\" " + place(open) + " has no \"}}\"");
        }
    }

    private void checkLength(CharSequence rendered, int maxLength) throws UndeliverableException {
        if (rendered.length() > maxLength) {
            throw new UndeliverableException(field + ": is longer than " + maxLength + " characters once rendered");
        }
    }

    private String place(int position) {
        int line = 1
                + (int) text.substring(0, position)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        int column = position - text.lastIndexOf('\n', position - 1);
        return "at line " + line + ", column " + column;
    }
}
