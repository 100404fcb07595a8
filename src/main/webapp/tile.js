/*
 * An environment in the graph: its state, and for a target of a deployment file where it stands, with the steps of its plan, each with the
 * approval that belongs to it.
 */
import { more } from "./card.js";
import { told } from "./decide.js";
import { badge, element, environmentBadge, folded, note, reason, setText, stateOf, time, timeLeft } from "./elements.js";
import { now } from "./live.js";
import { isApproval, pauseLeft } from "./plan.js";
import { duration, say } from "./words.js";

/** The state in words, with the class of its colour. */
const STYLES = {
  toCome: "to_come", running: "running", done: "success", failed: "failure", stopped: "aborted", notRun: "not_run",
};

/** The shortest duration that is shown, in milliseconds. */
const MIN_TAKEN = 1000;

const stateBadge = (state) => badge(STYLES[state], say(`step.${state}`));

/** A pause's time that is left, with the function that brings it up to date. */
function pause(step, record) {
  const text = element("span", "armory-step__left");
  const tick = () => setText(text, say("left", duration(pauseLeft(step, record, now()))));
  tick();
  return { text, tick };
}

/** The approval of a step, with its buttons. */
function approvalParts(approval, { ticks, onDecided }) {
  const parts = told(approval, onDecided, false);
  if (!approval.decision) {
    const { parts: text, tick } = timeLeft(approval, false);
    ticks.push(tick);
    parts.push(note(...text));
  }
  return [...parts, more(approval)];
}

/** How long a step has taken, or how long it runs. */
function times({ step, record, state }, ticks) {
  if (state === "running" && step.pauseSeconds !== undefined) {
    const { text, tick } = pause(step, record);
    ticks.push(tick);
    return [text];
  }
  if (state === "running") {
    return isApproval(step) ? [] : [note(say("step.since", new Date(record.began).toLocaleTimeString()))];
  }
  const millis = record?.ended ? Date.parse(record.ended) - Date.parse(record.began) : 0;
  return millis >= MIN_TAKEN ? [note(say("step.took", duration(millis)))] : [];
}

function stepItem(standingStep, context) {
  const { step, record, approval, state } = standingStep;
  const shown = approval && isApproval(step) ? badge(stateOf(approval)) : stateBadge(state);
  const failure = record?.failure && !(approval && isApproval(step))
    ? [reason(record.failureHtml)]
    : [];
  return element(
    "li",
    {
      class: `armory-step armory-step--${STYLES[state]}`,
      "aria-current": state === "running" && "step",
      ...(approval ? { id: `approval-${approval.id}`, tabindex: -1 } : {}),
    },
    element("div", "armory-step__line", element("span", "armory-step__label", step.label), shown),
    ...times(standingStep, context.ticks),
    ...failure,
    ...(approval ? approvalParts(approval, context) : []),
  );
}

/** Steps that run side by side are a list of their own. */
function groupItem(group, context) {
  if (group.length === 1) {
    return stepItem(group[0], context);
  }
  const steps = element(
    "ul", { class: "armory-tile__steps", "aria-label": say("step.together") }, ...group.map((each) => stepItem(each, context)));
  return element("li", "armory-tile__group", note(say("step.together")), steps);
}

/** One part of the plan: how many of its steps are done, and the steps, which are folded up unless one runs or has failed. */
function partOf(name, { part, groups, done, of, open }, context) {
  const sideBySide = part !== "strategy"; // conditions always are, so nothing says it
  const items = sideBySide ? groups.flat().map((each) => stepItem(each, context)) : groups.map((group) => groupItem(group, context));
  const result = folded(`${part} ${name}`, say(`plan.${part}`, done, of), element(sideBySide ? "ul" : "ol", "armory-tile__steps", ...items));
  result.open = open;
  return result;
}

/** What became of the rollback of an environment without a plan. */
function rolledBack({ over, failure }) {
  return note(failure ? say("rollback.failed", failure) : say(over ? "rollback.over" : "rollback.underWay"));
}

/**
 * The item of an environment: its state, what it depends on, why it is where it is, unless one of its steps says so, and the parts of its plan.
 *
 * @param parts where a target stands, see `standing`; undefined for an environment that is no target of a deployment file
 * @param onDecided called when something was decided
 */
export function tile({ environment, parts }, onDecided) {
  const { name, state, since, dependsOn, cancelledBy, reasonHtml, afterDeploymentFailureHtml, rollback } = environment;
  const ticks = [];
  const reasons = new Set(parts?.some(({ failed }) => failed) ? [] : [reasonHtml, afterDeploymentFailureHtml]);
  const made = element(
    "li",
    `armory-graph__node armory-graph__node--${state.toLowerCase()}${parts ? " armory-tile" : ""}`,
    element("h3", "armory-graph__name", name),
    environmentBadge(environment),
    ...(since ? [note(time(since))] : []),
    ...(dependsOn.length > 0 ? [note(say("after", dependsOn.join(", ")))] : []),
    ...(cancelledBy ? [note(say("cancelledBy", cancelledBy))] : []),
    ...[...reasons].filter((why) => why).map(reason),
    ...(parts ? parts.map((part) => partOf(name, part, { ticks, onDecided })) : rollback ? [rolledBack(rollback)] : []),
  );
  return { made, tick: () => ticks.forEach((each) => each()) };
}
