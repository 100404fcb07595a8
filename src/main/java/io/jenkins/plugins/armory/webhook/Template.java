package io.jenkins.plugins.armory.webhook;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mustache template that knows variables and nothing else: no sections, no partials, as in Armory. A variable is
 * {@code {{namespace.name}}}, spaces inside the braces allowed.
 */
final class Template {

    private static final Pattern TAG = Pattern.compile("\\{\\{(.*?)}}", Pattern.DOTALL);
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z][\\w-]*\\.[^\\s{}#/^>&!]+");

    /** How a value is written for the place where it stands. */
    interface Escaping {
        /**
         * @param value the variable's value
         * @param position where its tag starts in the template
         */
        String escape(String value, int position);
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

    /**
     * Puts in the variables. Their values are never looked at for tags.
     *
     * @throws TemplateException on a tag that is no variable, on a variable without a value, and on a tag without an end
     */
    String render(Variables variables, Escaping escaping) throws TemplateException {
        StringBuilder rendered = new StringBuilder();
        Matcher tag = TAG.matcher(text);
        int from = 0;
        while (tag.find()) {
            rendered.append(text, from, tag.start());
            rendered.append(escaping.escape(value(tag.group(1).strip(), tag.start(), variables), tag.start()));
            from = tag.end();
        }
        int open = text.indexOf("{{", from);
        // "}}" alone is the end of two JSON objects; "{{" opens nothing but a tag.
        if (open >= 0) {
            throw new TemplateException(field + ": the \"{{\" " + place(open) + " has no \"}}\"");
        }
        return rendered.append(text, from, text.length()).toString();
    }

    private String value(String name, int position, Variables variables) throws TemplateException {
        if (!VARIABLE.matcher(name).matches()) {
            throw new TemplateException(field + ": \"{{" + name + "}}\" " + place(position)
                    + " is not a variable; write {{armory.NAME}}, {{context.NAME}} or {{secrets.ID}}. Sections and"
                    + " partials are not supported");
        }
        String value = variables.get(name);
        if (value == null) {
            throw new TemplateException(
                    field + ": {{" + name + "}} " + place(position) + " has no value; " + variables.known(name));
        }
        return value;
    }

    private String place(int position) {
        int line = 1 + (int) text.substring(0, position).chars().filter(c -> c == '\n').count();
        int column = position - text.lastIndexOf('\n', position - 1);
        return "at line " + line + ", column " + column;
    }

    /** Escaping that does not depend on the position. */
    static Escaping everywhere(UnaryOperator<String> escape) {
        return (value, position) -> escape.apply(value);
    }
}
