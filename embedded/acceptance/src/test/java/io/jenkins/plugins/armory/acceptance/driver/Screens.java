package io.jenkins.plugins.armory.acceptance.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** The screens that pages are looked at on: wide and narrow ones, in light and in dark colours. */
public final class Screens {

    public static final int WIDE = 1280;
    public static final int NARROW = 400;
    public static final int HEIGHT = 900;

    public static final List<Integer> WIDTHS = List.of(WIDE, NARROW);
    public static final List<String> COLOURS = List.of("light", "dark");

    private Screens() {}

    /**
     * Fails if axe-core finds a problem in the element that the selector names, in light or dark colours, or if the
     * page has to be scrolled sideways.
     */
    public static void assertAccessible(BrowserPage page, String selector) {
        String on = selector + " at " + page.evaluate("innerWidth") + " px";
        for (String colours : COLOURS) {
            page.prefer(colours);
            // A colour that is still changing has too little contrast. Jenkins turns the icon of a running build
            // without end.
            page.await(
                    "document.getAnimations().every(({ effect }) => effect.getComputedTiming().endTime === Infinity)");
            assertThat(page.problems(selector)).as(on + ", " + colours).isEmpty();
        }
        assertThat(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
                        .asBoolean())
                .as("nothing has to be scrolled sideways: " + on)
                .isTrue();
    }
}
