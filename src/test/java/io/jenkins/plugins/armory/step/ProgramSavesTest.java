package io.jenkins.plugins.armory.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.util.concurrent.ListenableFuture;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgramSavesTest {

    private final HeldContext one = new HeldContext();
    private final HeldContext two = new HeldContext();
    private final HeldContext three = new HeldContext();

    @AfterEach
    void forget() {
        ProgramSaves.forget(null);
    }

    @Test
    void whoAsksWhileAProgramIsBeingSavedSharesTheNextSave() throws Exception {
        ListenableFuture<Void> first = ProgramSaves.save(one);
        ListenableFuture<Void> second = ProgramSaves.save(two);
        ListenableFuture<Void> third = ProgramSaves.save(three);
        assertThat(one.saves()).isEqualTo(1);
        assertThat(two.saves() + three.saves()).as("while the first save is under way").isZero();

        one.saved().set(null);
        assertThat(first).isDone();
        assertThat(two.saves() + three.saves()).as("one for both").isEqualTo(1);
        assertThat(second).as("that has not been done yet").isNotDone();

        two.saved().set(null);
        three.saved().set(null);
        assertThat(second).isDone();
        assertThat(third).isDone();
    }

    @Test
    void whoAsksWhenNothingIsUnderWayIsServedAtOnce() throws Exception {
        ProgramSaves.save(one);
        one.saved().set(null);
        ProgramSaves.save(two);

        assertThat(two.saves()).isEqualTo(1);
    }

    @Test
    void saveThatFailsFailsForAllWhoShareIt() throws Exception {
        ProgramSaves.save(one);
        ListenableFuture<Void> second = ProgramSaves.save(two);
        one.saved().set(null);
        two.saved().setException(new IOException("disk full"));

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(second::get)
                .withMessageContaining("disk full");
    }
}
