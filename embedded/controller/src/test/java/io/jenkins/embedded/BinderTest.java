package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import hudson.model.AbstractDescribableImpl;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Objects from named arguments. */
class BinderTest {

    /** Something with all kinds of parameters. */
    public static final class Thing extends AbstractDescribableImpl<Thing> {
        private final String name;
        private final int count;
        private TimeUnit unit;
        private List<Thing> parts = List.of();
        private Map<String, Object> free;
        private boolean on;

        @DataBoundConstructor
        public Thing(String name, int count) {
            this.name = name;
            this.count = count;
        }

        @DataBoundSetter
        public void setUnit(TimeUnit unit) {
            this.unit = unit;
        }

        @DataBoundSetter
        public void setParts(List<Thing> parts) {
            this.parts = parts;
        }

        @DataBoundSetter
        public void setFree(Map<String, Object> free) {
            this.free = free;
        }

        @DataBoundSetter
        public void setOn(boolean on) {
            if (!on) {
                throw new IllegalArgumentException("must be on");
            }
            this.on = on;
        }

        public void setHidden(String hidden) {
            throw new AssertionError("not data-bound");
        }
    }

    @Test
    void bindsNestedArguments() {
        var thing = Binder.instantiate(
                Thing.class,
                Map.of(
                        "name",
                        new StringBuilder("n"),
                        "count",
                        3L,
                        "unit",
                        "DAYS",
                        "on",
                        true,
                        "free",
                        Map.of("k", 1),
                        "parts",
                        List.of(Map.of("name", "p"), Map.of())),
                "step");
        assertThat(thing.name).isEqualTo("n");
        assertThat(thing.count).isEqualTo(3);
        assertThat(thing.unit).isEqualTo(TimeUnit.DAYS);
        assertThat(thing.on).isTrue();
        assertThat(thing.free).isEqualTo(Map.of("k", 1));
        assertThat(thing.parts).extracting(part -> part.name).containsExactly("p", null);
    }

    @Test
    void takesNumbersAndTruthAsTexts() {
        assertThat(Binder.instantiate(Thing.class, Map.of("count", "7", "on", "true"), "step").count)
                .isEqualTo(7);
    }

    @Test
    void namesUnknownParametersWithThePathAndTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Binder.instantiate(Thing.class, Map.of("parts", List.of(Map.of("nam", "x"))), "step"))
                .withMessage("step.parts[0]: unknown parameter(s) nam; known are name, count, free, on, parts, unit");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Binder.instantiate(Thing.class, Map.of("hidden", "x"), "step"))
                .withMessageContaining("unknown parameter(s) hidden");
    }

    @Test
    void namesThePlaceOfAWrongValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Binder.instantiate(Thing.class, Map.of("name", 5), "step"))
                .withMessageStartingWith("step.name: Cannot coerce Integer value (5)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Binder.instantiate(Thing.class, Map.of("count", "many"), "step"))
                .withMessageStartingWith("step.count: Cannot deserialize value of type `int` from String \"many\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Binder.instantiate(Thing.class, Map.of("unit", "YEARS"), "step"))
                .withMessageContainingAll("step.unit: ", "YEARS", "NANOSECONDS");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Binder.instantiate(Thing.class, Map.of("on", false), "step"))
                .withMessage("step.on: must be on");
    }
}
