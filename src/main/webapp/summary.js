/* Fills the part of a build's page that is about its approvals; kept up to date while the build runs. */
import { cancelledNote, Cards, isOver } from "./cards.js";
import { heard, notice } from "./decide.js";
import { element } from "./elements.js";
import { keepUpToDate, troubleElement } from "./live.js";
import { page, say } from "./words.js";

/** As many approvals are shown; their own page, to which the heading leads, has all of them. */
const MAX_CARDS = 10;

const trouble = troubleElement();
const cancelled = cancelledNote();
const cards = new Cards(() => refresh());
const count = element("p", "armory-approvals__note");
page.replaceChildren(trouble, notice, cancelled.note, cards.whole, count);

let last = null;

/** Those that wait, and the newest of the others. */
function chosen(approvals) {
  const waiting = approvals.filter(({ decision }) => !decision);
  const decided = approvals.filter(({ decision }) => decision);
  return [...waiting, ...decided.reverse()].slice(0, MAX_CARDS);
}

function show(answer) {
  last = answer;
  const { approvals } = answer;
  cancelled.show(answer);
  cards.show(chosen(approvals));
  count.textContent = say("shown", Math.min(approvals.length, MAX_CARDS), approvals.length);
  count.hidden = approvals.length <= MAX_CARDS;
  heard(approvals);
}

const refresh = keepUpToDate({ trouble, show, tick: () => cards.tick(), isOver: () => isOver(last) });
