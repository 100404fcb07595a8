package io.jenkins.plugins.armory.callback;

import io.jenkins.plugins.armory.approval.Approval;
import java.util.function.Predicate;

/**
 * Somebody whose token is genuine.
 *
 * @param name for people to read, as {@code decidedBy}
 * @param mayDecide which approvals the token is good for
 */
public record Caller(String name, Predicate<Approval> mayDecide) {}
