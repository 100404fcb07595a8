package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PageTagTest {

    private static PageTag tagOf(Object... parts) {
        PageTag tag = new PageTag();
        List.of(parts).forEach(tag::add);
        return tag;
    }

    @Test
    void isTheSameForTheSameParts() {
        assertThat(tagOf("a", List.of("b")))
                .hasToString(tagOf("a", List.of("b")).toString());
    }

    @Test
    void isAnotherForOtherPartsAndAnotherOrder() {
        assertThat(List.of(tagOf(), tagOf("a"), tagOf("a", "b"), tagOf("b", "a"), tagOf("a", "c")))
                .extracting(PageTag::toString)
                .doesNotHaveDuplicates();
    }

    @Test
    void isFoundInWhatAClientSendsBack() {
        PageTag tag = tagOf("a");

        assertThat(tag.isIn(tag.toString())).isTrue();
        assertThat(tag.isIn("\"other\", W/" + tag)).isTrue();
        assertThat(tag.isIn(tag.toString().replaceFirst("\"$", "--gzip\""))).isTrue();
        assertThat(tag.isIn(tagOf("b").toString())).isFalse();
        assertThat(tag.isIn(null)).isFalse();
    }
}
