/*
 * What a build's data say about the plan of a deployment: the state of each step, how many conditions are met, and where a target
 * stands. Nothing here touches the page.
 */

const OVER = new Set(["COMPLETE", "FAILED", "ROLLED_BACK", "CANCELLED"]);
/** Outcomes of approvals that others have ended. */
const STOPPED = new Set(["ABORTED", "OTHER_FAILED"]);

/** The parts of a target's plan in their order. */
export const PARTS = ["before", "strategy", "after", "rollback"];

export const isApproval = ({ action, pauseSeconds }) => action === undefined && pauseSeconds === undefined;

/** The groups of a part: one group after the other, and the steps of a group side by side. */
function groupsOf(target, part, { rollback }) {
  if (part === "rollback") {
    return rollback ? [[target.rollback]] : [];
  }
  return part === "strategy" ? target.strategy : [target[part]];
}

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

/** The state of a rollback that has begun. */
export function rollbackState({ over, failure }) {
  return !over ? "running" : failure === null ? "done" : "failed";
}

/**
 * Where a target stands: for each part of its plan that has steps, the steps with their states, and how many are done.
 *
 * @param approvals the build's approvals by id
 */
export function standing(target, environment, approvals) {
  return PARTS.flatMap((part) => {
    const groups = groupsOf(target, part, environment).map((group) =>
      group.map((step) => {
        const record = environment.steps?.[step.id];
        const approval = approvals.get(record?.approval);
        return part === "rollback"
          // Its step has no record before it has begun.
          ? { step, record: { began: environment.since, ...record, ...environment.rollback }, approval, state: rollbackState(environment.rollback) }
          : { step, record, approval, state: stepState(step, environment, group, approval) };
      }));
    const steps = groups.flat();
    return steps.length === 0 ? [] : [{
      part,
      groups,
      done: steps.filter(({ state }) => state === "done").length,
      of: steps.length,
      failed: steps.some(({ state }) => state === "failed"),
      open: steps.some(({ state }) => state === "running" || state === "failed"),
    }];
  });
}

/** The milliseconds that are left of a pause. */
export const pauseLeft = (step, record, now) => Math.max(0, Date.parse(record.began) + step.pauseSeconds * 1000 - now);

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
