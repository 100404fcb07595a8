package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadDeadlineTest {

    @Test
    void endsAWaitAndLeavesNothingOfIt() {
        var deadline = new ReadDeadline(Duration.ofMillis(20));

        assertThatThrownBy(() -> new CountDownLatch(1).await()).isInstanceOf(InterruptedException.class);

        assertThat(deadline.end()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anInterruptThatNobodyNoticedIsTakenBack() {
        var deadline = new ReadDeadline(Duration.ofMillis(20));
        while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }

        assertThat(deadline.end()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whatIsReadInTimeIsNotInterruptedLater() throws InterruptedException {
        var deadline = new ReadDeadline(Duration.ofMillis(50));

        assertThat(deadline.end()).isFalse();
        assertThat(new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS)).isFalse();
    }
}
