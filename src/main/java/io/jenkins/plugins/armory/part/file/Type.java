package io.jenkins.plugins.armory.part.file;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import java.util.stream.Collectors;

/** What the value of a field may be. */
sealed interface Type {

    /** Returns the end of a message that begins with "must be". */
    String text();

    /** A type without a range. */
    enum Simple implements Type {
        /** What is not looked into. */
        ANY("anything"),
        /** A text that may be empty. */
        VALUE("a single value"),
        TEXT("a text"),
        /** A line that people and scripts know something by. */
        NAME("a name"),
        /** A name that a script gets with others in one variable, or a step in one parameter. */
        LISTED_NAME("a name without comma and semicolon"),
        FLAG("true or false"),
        /** The values of {@code {{context.*}}}. */
        CONTEXT("a mapping of keys to values");

        private final String text;

        Simple(String text) {
            this.text = text;
        }

        @Override
        public String text() {
            return text;
        }
    }

    record Number(int min, int max) implements Type {
        @Override
        public String text() {
            return "a whole number from " + min + " to " + max;
        }
    }

    /** One of several words, however its capitals are written. */
    record Word(List<String> words) implements Type {
        @Override
        public String text() {
            return words.size() == 1 ? words.get(0) : "one of " + String.join(", ", words);
        }
    }

    /** A name that a section of the file has. */
    record Reference(Simple name, String section) implements Type {
        @Override
        public String text() {
            return "a name of the section " + section;
        }
    }

    record ListOf(int least, Type entry) implements Type {
        @Override
        public String text() {
            return "a list of " + (entry instanceof Shape shape ? shape.text() : "names, such as [one, two]");
        }
    }

    /** A mapping of names that the author chooses. */
    record MapOf(Shape entry) implements Type {
        @Override
        public String text() {
            return "a mapping of names, each with " + entry.text();
        }
    }

    /** A single value, or something else. */
    record Either(Simple single, Type other) implements Type {
        @Override
        public String text() {
            return other.text();
        }
    }

    /**
     * A mapping with fields.
     *
     * @param one whether it has one of the fields, instead of any number of them
     */
    record Shape(String text, boolean one, List<Field> fields) implements Type {

        static Shape of(Field... fields) {
            List<Field> all = List.of(fields);
            List<Field> required = all.stream().filter(Field::required).toList();
            return new Shape(
                    (required.isEmpty() ? all : required)
                            .stream().map(Field::name).collect(Collectors.joining(": ..., ", "{", ": ...}")),
                    false,
                    all);
        }

        static Shape oneOf(Field... fields) {
            return new Shape(
                    List.of(fields).stream()
                            .map(field -> "{" + field.name() + ": ...}")
                            .collect(Collectors.joining(" or ")),
                    true,
                    List.of(fields));
        }

        List<String> names() {
            return fields.stream().map(Field::name).toList();
        }

        @CheckForNull
        Field find(String name) {
            return fields.stream()
                    .filter(field -> field.name().equals(name))
                    .findFirst()
                    .orElse(null);
        }
    }

    /**
     * A field of a mapping.
     *
     * @param unused whether the plugin does nothing with it, so that it is left to the body of the step
     * @param meaning what it means here, empty if the name says it
     */
    record Field(String name, Type type, boolean required, boolean unused, String meaning) {}
}
