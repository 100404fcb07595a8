/*
 * A target of a deployment as a tile: its state, where it stands, and the steps of its plan, each with the approval that belongs to
 * it. A folded tile has only the steps that run or have failed.
 */
import { callsOf, factsOf } from "./card.js";
import { decisionButtons } from "./decide.js";
import {
  badge, button, element, environmentBadge, folded, message, note, progressOf, reason, said, setText, stateOf, time, timeLeft,
} from "./elements.js";
import { now } from "./live.js";
import { clock, isApproval, pauseLeft, rollbackState } from "./plan.js";
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
  const tick = () => setText(text, say("left", clock(pauseLeft(step, record, now()), say("unit.d"))));
  tick();
  return { text, tick };
}

/** More about an approval, which is made when it is unfolded. */
export function more(approval, saysWhy, unfolded) {
  const result = folded(`approval ${approval.id}`, say("step.more"));
  result.className = "armory-step__more";
  const fill = () => {
    if (result.open && result.childElementCount === 1) {
      const { decision } = approval;
      result.append(factsOf(approval), ...(decision && !saysWhy ? message(decision) : []), ...callsOf(approval));
    }
  };
  result.addEventListener("toggle", fill);
  result.open = unfolded.has(result.dataset.part);
  fill();
  return result;
}

/** The approval of a step, with its buttons. */
function approvalParts(approval, state, { unfolded, ticks, onDecided }) {
  const { decision } = approval;
  const saysWhy = Boolean(decision) && state === "failed";
  const parts = [...said(approval, false)];
  if (!decision) {
    const left = timeLeft(approval, false);
    const [, ...text] = left.parts; // without the bar, which would look like one more progress
    ticks.push(left.tick);
    parts.push(...progressOf(approval), ...decisionButtons(approval, onDecided), note(...text));
  } else if (saysWhy) {
    parts.push(...message(decision), note(decision.decidedBy));
  }
  return [...parts, more(approval, saysWhy, unfolded)];
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
    ...(approval ? approvalParts(approval, state, context) : []),
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

/** One part of the plan: how many of its steps are done, and the steps. */
function partOf({ part, groups, done, of, current, failed }, open, context) {
  const shown = groups
    .map((group) => group.filter(({ state }) => open || state === "running" || state === "failed"))
    .filter((group) => group.length > 0);
  const emphasis = failed ? " armory-tile__part--failed" : current ? " armory-tile__part--current" : "";
  const title = element("h4", `armory-tile__part${emphasis}`, say(`plan.${part}`, done, of));
  if (shown.length === 0) {
    return [title];
  }
  const sideBySide = part !== "strategy"; // conditions always are, so nothing says it
  const items = sideBySide ? shown.flat().map((each) => stepItem(each, context)) : shown.map((group) => groupItem(group, context));
  return [title, element(sideBySide ? "ul" : "ol", { class: "armory-tile__steps", "aria-label": title.textContent }, ...items)];
}

function rollbackPart(target, environment, approvals, context) {
  const state = rollbackState(environment);
  if (!state) {
    return [];
  }
  const step = target.rollback;
  const known = environment.steps?.[step.id];
  // The step's own record is missing until it has begun.
  const record = known || { began: environment.since, ended: null, failure: null, approval: null };
  const approval = known?.approval ? approvals.get(known.approval) : undefined;
  const failed = record.failure ? record : environment.rollback;
  const item = stepItem(
    { step, record: { ...record, failure: failed.failure, failureHtml: failed.failureHtml }, approval, state }, context);
  return [element("h4", "armory-tile__part", say("plan.rollback")), element("ul", "armory-tile__steps", item)];
}

/** Why the target is where it is, unless one of its steps says so. */
function reasons({ reasonHtml, afterDeploymentFailureHtml, cancelledBy }, parts) {
  const notes = cancelledBy ? [note(say("cancelledBy", cancelledBy))] : [];
  const saidByStep = parts.some(({ failed }) => failed);
  const all = new Set(saidByStep ? [] : [reasonHtml, afterDeploymentFailureHtml]);
  return [...notes, ...[...all].filter((why) => why).map(reason)];
}

function toggle({ name }, open, onToggle) {
  const word = say(open ? "tile.less" : "tile.more");
  return button(
    {
      class: "jenkins-button jenkins-button--tertiary armory-tile__toggle",
      "data-toggle": name,
      "aria-expanded": String(open),
      "aria-label": `${word}: ${name}`,
    },
    word,
    onToggle,
  );
}

/**
 * The content of a tile, with the function that brings the times in it up to date.
 *
 * @param parts where the target stands, see `standing`
 * @param approvals the build's approvals by id
 * @param open whether all steps are to be seen
 * @param unfolded what was unfolded in the tile before, by `data-part`
 * @param onToggle called when all steps are wanted, or no longer
 * @param onDecided called when something was decided
 */
export function tile({ target, environment, parts, approvals, open, unfolded, onToggle, onDecided }) {
  const { name, since, dependsOn } = environment;
  const ticks = [];
  const context = { unfolded, ticks, onDecided };
  const hidden = parts.some(({ groups }) => groups.flat().some((each) => each.state !== "running" && each.state !== "failed"));
  const content = [
    element("div", "armory-tile__head", element("h3", "armory-graph__name", name), environmentBadge(environment)),
    ...(since ? [note(time(since))] : []),
    ...(dependsOn.length > 0 ? [note(say("after", dependsOn.join(", ")))] : []),
    ...reasons(environment, parts),
    ...parts.flatMap((part) => partOf(part, open, context)),
    ...rollbackPart(target, environment, approvals, context),
    ...(hidden ? [toggle(environment, open, onToggle)] : []),
  ];
  return { content, tick: () => ticks.forEach((each) => each()) };
}
