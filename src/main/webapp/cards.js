/* The approvals of one build as cards: on the page of the build, and on the build's page of its approvals. */
import { Kept } from "./anew.js";
import { callsOf, factsOf } from "./card.js";
import { decisionButtons } from "./decide.js";
import { badge, element, entryOf, message, overridden, progressOf, said, stateOf, timeLeft, titleOf } from "./elements.js";
import { say } from "./words.js";

/** The number of a build's approvals outside of a plan. The answer has one page of them. */
export const total = ({ counts }) => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Whether nothing will change any more. A notice of the decision is sent after it. */
export const isOver = (answer) =>
  Boolean(answer) && !answer.building && answer.approvals.every(({ decision, notices }) => decision && !notices?.due.length);

/** Says what was cancelled in the build, and why. */
export function cancelledNote() {
  const note = element("p", { class: "armory-approvals__note", hidden: true });
  return {
    note,
    show({ cancelledStages, cancelsStages }) {
      note.textContent = cancelledStages.length > 0 ? say("stages.cancelled", cancelledStages.join(", "), cancelsStages) : "";
      note.hidden = cancelledStages.length === 0;
    },
  };
}

/** The card of an approval, with all that is known of it. */
function card(approval, onDecided) {
  const { id, environment, opensAt, decision } = approval;
  const name = [entryOf(approval), titleOf(approval)].filter((part) => part).join(": ");
  const heading = element(
    "h2", { class: "armory-build__heading", id: `heading-${id}` }, environment && !opensAt ? `${name} (${environment})` : name);
  const left = decision ? null : timeLeft(approval);
  const made = element(
    "section",
    { class: "armory-build__approval", id: `approval-${id}`, tabindex: -1, "aria-labelledby": heading.id },
    element("div", "armory-build__line", heading, badge(stateOf(approval)), ...overridden(approval)),
    factsOf(approval, left),
    ...said(approval),
    ...(decision ? message(decision) : progressOf(approval)),
    ...decisionButtons(approval, onDecided),
    ...callsOf(approval),
  );
  return { made, tick: left?.tick };
}

/** @param onDecided called when the viewer has said something */
export const cards = (onDecided) =>
  new Kept(element("div", "armory-build__approvals"), (approval) => card(approval, onDecided));
