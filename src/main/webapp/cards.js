/* The approvals of one build as cards: on the page of the build, and on the build's page of its approvals. */
import { arrange, replace } from "./anew.js";
import { callsOf, factsOf } from "./card.js";
import { decisionButtons } from "./decide.js";
import { badge, element, entryOf, message, overridden, progressOf, said, stateOf, timeLeft, titleOf } from "./elements.js";
import { say } from "./words.js";

/** How many approvals a build has beside those of a plan. Jenkins's answer has a page of them. */
export const total = ({ counts }) => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Whether nothing will change any more. A notice of the decision may be sent, or fail, after it. */
export const isOver = (answer) =>
  Boolean(answer) && !answer.building && answer.approvals.every(({ decision, notices }) => decision && !notices?.due.length);

/** Says what was cancelled in the build, and why. */
export function cancelledNote() {
  const note = element("p", "armory-approvals__note");
  note.hidden = true;
  return {
    note,
    show({ cancelledStages, cancelsStages }) {
      note.textContent = cancelledStages.length > 0 ? say("stages.cancelled", cancelledStages.join(", "), cancelsStages) : "";
      note.hidden = cancelledStages.length === 0;
    },
  };
}

export class Cards {
  /** @param onDecided called when the viewer has said something */
  constructor(onDecided) {
    this.onDecided = onDecided;
    this.whole = element("div", "armory-build__approvals");
    this.known = new Map(); // by id: the cards, and what they were made of
  }

  /** Shows these. Cards that have not changed are left alone. */
  show(approvals) {
    const made = approvals.map((approval) => [approval.id, this.cardOf(approval)]);
    arrange(this.whole, made.map(([, { card }]) => card));
    this.known = new Map(made);
  }

  tick() {
    this.known.forEach((card) => card.tick());
  }

  /** The approval's card: as it is, when nothing has changed, else a new one in its place. */
  cardOf(approval) {
    const known = this.known.get(approval.id);
    const madeOf = JSON.stringify(approval);
    if (known?.madeOf === madeOf) {
      return known;
    }
    const made = { ...this.make(approval), madeOf };
    if (known) {
      replace(known.card, made.card);
    }
    return made;
  }

  /** One approval, with all that is known of it. */
  make(approval) {
    const { id, environment, opensAt, decision } = approval;
    const name = [entryOf(approval), titleOf(approval)].filter((part) => part).join(": ");
    const heading = element("h2", "armory-build__heading", environment && !opensAt ? `${name} (${environment})` : name);
    heading.id = `heading-${id}`;
    const left = decision ? null : timeLeft(approval);
    const card = element(
      "section",
      "armory-build__approval",
      element("div", "armory-build__line", heading, badge(stateOf(approval)), ...overridden(approval)),
      factsOf(approval, left),
      ...said(approval),
      ...(decision ? message(decision) : progressOf(approval)),
      ...decisionButtons(approval, this.onDecided),
      ...callsOf(approval),
    );
    card.id = `approval-${id}`;
    card.tabIndex = -1;
    card.setAttribute("aria-labelledby", heading.id);
    return { card, tick: left ? left.tick : () => {} };
  }
}
