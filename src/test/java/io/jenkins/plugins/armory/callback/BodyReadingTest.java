package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BodyReadingTest {

    private final BodyReading reading = new BodyReading();

    @Test
    void endsAWaitAndLeavesNothingOfIt() {
        reading.begin(Duration.ofMillis(20));

        assertThatThrownBy(() -> new CountDownLatch(1).await()).isInstanceOf(InterruptedException.class);

        assertThat(reading.end()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anInterruptThatNobodyNoticedIsTakenBack() {
        reading.begin(Duration.ofMillis(20));
        while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }

        assertThat(reading.end()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whatIsReadInTimeIsNotInterruptedLater() throws InterruptedException {
        reading.begin(Duration.ofMillis(50));

        assertThat(reading.end()).isFalse();
        assertThat(new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS)).isFalse();
    }
}
