package io.jenkins.plugins.armory.sending;

import io.jenkins.plugins.armory.delivery.Sender;
import java.util.Optional;

/** A sender that says before there is a call what it would refuse. */
interface CheckedSender extends Sender {

    /** Returns why no call can be made; empty if calls can, or may be later. */
    Optional<String> refusal();

    /** Returns why a host may not be called; empty if it may, or may be later. */
    Optional<String> refusal(String host);
}
