package io.jenkins.plugins.armory.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A mustache template that knows variables and nothing else: no sections, no partials, as in Armory. A variable is
 * {@code {{namespace.name}}}, spaces inside the braces allowed.
 */
final class Template {

    private static final Pattern TAG = Pattern.compile("\\{\\{(.*?)}}", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("[^\\s{}#/^>&!]+");
    private static final Pattern VARIABLE = Pattern.compile("(armory|context|secrets)\\." + NAME);

    /** How a value is written for the place where it stands. */
    interface Escaping {
        /**
         * @param value the variable's value
         * @param before what comes before it, rendered
         * @throws IllegalArgumentException when the value cannot stand there; the message says why without showing it
         */
        String escape(String value, CharSequence before);
    }

    /** A template with its variables put in. */
    static final class Rendered {

        private final Template template;
        private final String text;
        /** For each variable: where its value starts and ends in the text, and where its tag starts and ends. */
        private final List<int[]> values;

        private Rendered(Template template, String text, List<int[]> values) {
            this.template = template;
            this.text = text;
            this.values = values;
        }

        @Override
        public String toString() {
            return text;
        }

        /** The place in the template that a character of the text comes from: "at line 1, column 2". */
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
     * @param field what to call the template in messages
     * @param text the template
     */
    Template(String field, String text) {
        this.field = field;
        this.text = text;
    }

    /** Whether {@code {{context.name}}} and the like can name it. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The names of the variables in a template. */
    static Set<String> variables(String text) {
        return TAG.matcher(text)
                .results()
                .map(tag -> tag.group(1).strip())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Looks for what is wrong with a template whatever the values.
     *
     * @throws InvalidWebhookException on a tag that is no variable, and on one without an end
     */
    static void check(String field, String text) {
        try {
            new Template(field, text).render(name -> "", (value, before) -> value);
        } catch (TemplateException x) {
            throw new InvalidWebhookException(
                    field, String.valueOf(x.getMessage()).substring(field.length() + 2));
        }
    }

    /**
     * Puts in the variables. Their values are never looked at for tags.
     *
     * @throws TemplateException on a tag that is no variable, on a variable without a value or with one that cannot stand
     *     there, and on a tag without an end
     */
    Rendered render(Variables variables, Escaping escaping) throws TemplateException {
        return render(
                name -> {
                    String value = variables.get(name);
                    if (value == null) {
                        throw new IllegalArgumentException("has no value; " + variables.known(name));
                    }
                    return value;
                },
                escaping);
    }

    private Rendered render(UnaryOperator<String> values, Escaping escaping) throws TemplateException {
        StringBuilder rendered = new StringBuilder();
        List<int[]> places = new ArrayList<>();
        Matcher tag = TAG.matcher(text);
        int from = 0;
        while (tag.find()) {
            rendered.append(text, from, tag.start());
            int start = rendered.length();
            String name = tag.group(1).strip();
            if (!VARIABLE.matcher(name).matches()) {
                throw new TemplateException(field + ": \"{{" + name + "}}\" " + place(tag.start())
                        + " is not a variable; write {{armory.NAME}}, {{context.NAME}} or {{secrets.ID}}. Sections and"
                        + " partials are not supported");
            }
            try {
                rendered.append(escaping.escape(values.apply(name), rendered));
            } catch (IllegalArgumentException x) {
                throw new TemplateException(field + ": {{" + name + "}} " + place(tag.start()) + " " + x.getMessage());
            }
            from = tag.end();
            places.add(new int[] {start, rendered.length(), tag.start(), from});
        }
        int open = text.indexOf("{{", from);
        // "}}" alone is the end of two JSON objects; "{{" opens nothing but a tag.
        if (open >= 0) {
            throw new TemplateException(field + ": the \"{{\" " + place(open) + " has no \"}}\"");
        }
        return new Rendered(this, rendered.append(text, from, text.length()).toString(), places);
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
