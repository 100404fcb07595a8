/*
 * What a build's data say about the plan of a deployment: the state of each step, how many conditions are met, and where a target
 * stands. Nothing here touches the page.
 */

const OVER = new Set(["COMPLETE", "FAILED", "ROLLED_BACK", "CANCELLED"]);
/** Outcomes of approvals that others have ended. */
const STOPPED = new Set(["ABORTED", "OTHER_FAILED"]);

/** The parts of a target's plan in their order. */
export const PARTS = ["before", "strategy", "after"];

export const isApproval = ({ action, pauseSeconds }) => action === undefined && pauseSeconds === undefined;

/** The groups of a part: one group after the other, and the steps of a group side by side. */
export const groupsOf = (target, part) => (part === "strategy" ? target.strategy : target[part].length > 0 ? [target[part]] : []);

/** Whether another step of the group had failed when this one ended. */
function endedByAnother(record, group, records) {
  return group
    .map(({ id }) => records[id])
    .some((other) => other && other !== record && other.failure !== null && other.ended !== null
      && Date.parse(other.ended) < Date.parse(record.ended));
}

/**
 * The state of a step: `toCome`, `running`, `done`, `failed`, `stopped` (it began, and something else ended it) or `notRun`.
 *
 * @param environment the target's environment
 * @param group the steps that run side by side, this one among them
 * @param approval the approval of the step, undefined if it has none
 */
export function stepState(step, environment, group, approval) {
  const records = environment.steps || {};
  const record = records[step.id];
  const over = OVER.has(environment.state);
  if (!record) {
    return over ? "notRun" : "toCome";
  }
  if (record.ended === null) {
    return over ? "stopped" : "running";
  }
  if (record.failure === null) {
    return "done";
  }
  if (approval?.decision && isApproval(step)) {
    return STOPPED.has(approval.decision.outcome) ? "stopped" : "failed";
  }
  // A pause does not fail by itself. The reason of an environment names the action that failed, unless all of it was stopped.
  const stopped = step.pauseSeconds !== undefined || environment.state === "CANCELLED" || environment.reason === record.failure;
  return stopped || endedByAnother(record, group, records) ? "stopped" : "failed";
}

/** The state of a target's rollback, null before it has begun. */
export function rollbackState({ rollback }) {
  if (!rollback) {
    return null;
  }
  if (!rollback.over) {
    return "running";
  }
  return rollback.failure === null ? "done" : "failed";
}

/**
 * Where a target stands: for each part of its plan that has steps, the steps with their states, and how many are done.
 *
 * @param approvals the build's approvals by id
 */
export function standing(target, environment, approvals) {
  return PARTS.flatMap((part) => {
    const groups = groupsOf(target, part).map((group) =>
      group.map((step) => {
        const record = environment.steps?.[step.id];
        const approval = record?.approval ? approvals.get(record.approval) : undefined;
        return { step, record, approval, state: stepState(step, environment, group, approval) };
      }));
    const steps = groups.flat();
    return steps.length === 0 ? [] : [{
      part,
      groups,
      done: steps.filter(({ state }) => state === "done").length,
      of: steps.length,
      current: steps.some(({ state }) => state === "running"),
      failed: steps.some(({ state }) => state === "failed"),
    }];
  });
}

/** Whether something of the target has gone wrong, or is under way: whether a person may want to see its steps. */
export function isOfInterest({ state, afterDeploymentFailure }) {
  return ["AWAITING_RULES", "DEPLOYING", "AWAITING_APPROVAL", "FAILED", "ROLLED_BACK"].includes(state) || Boolean(afterDeploymentFailure);
}

/** The milliseconds that are left of a pause. */
export const pauseLeft = (step, record, now) => Math.max(0, Date.parse(record.began) + step.pauseSeconds * 1000 - now);

/** A time as hours, minutes and seconds, with the days before them if there are any: `2 d 00:12:30`. */
export function clock(millis, day) {
  const seconds = Math.ceil(millis / 1000);
  const days = Math.floor(seconds / 86400);
  const text = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map((each) => String(each).padStart(2, "0"))
    .join(":");
  return days > 0 ? `${days} ${day} ${text}` : text;
}

/** The ids of the approvals that belong to a step of a plan. */
export function plannedApprovals({ plan, environments }) {
  const planned = new Set(plan.map(({ name }) => name));
  return new Set(environments
    .filter(({ name }) => planned.has(name))
    .flatMap(({ steps = {} }) => Object.values(steps).map(({ approval }) => approval))
    .filter((approval) => approval));
}

/** The environments of a build, those of the plan first, in its order, also those that the Pipeline has not come to yet. */
export function withPlanned({ plan, environments }) {
  const byName = new Map(environments.map((environment) => [environment.name, environment]));
  const planned = plan.map(({ name }) =>
    byName.get(name) || { name, dependsOn: [], state: "PENDING", since: null, reason: null, afterDeploymentFailure: null, cancelledBy: null });
  const names = new Set(plan.map(({ name }) => name));
  return [...planned, ...environments.filter(({ name }) => !names.has(name))];
}
