/* Fills the part of a build's page that is about its approvals; kept up to date while the build runs. */
import { cancelledNote, cards as cardsOf, isOver, total } from "./card.js";
import { notice } from "./decide.js";
import { element } from "./elements.js";
import { keepUpToDate } from "./live.js";
import { plannedApprovals } from "./plan.js";
import { page, say } from "./words.js";

/** The most approvals that are shown. Their own page has all of them. */
const MAX_CARDS = 10;

const cancelled = cancelledNote();
const cards = cardsOf(() => refresh());
const link = element("a");
link.href = page.dataset.api.replace(/api\/json$/, "");
const count = element("p", "armory-approvals__note", link);
page.replaceChildren(notice, cancelled.note, cards.whole, count);

let last = null;

function show(answer) {
  last = answer;
  const { approvals } = answer;
  const all = total(answer) + plannedApprovals(answer).size;
  cancelled.show(answer);
  cards.show(approvals.slice(0, MAX_CARDS));
  link.textContent = say("shown", Math.min(all, MAX_CARDS), all);
  count.hidden = all <= MAX_CARDS;
}

const refresh = keepUpToDate({ show, tick: () => cards.tick(), isOver: () => isOver(last) });
