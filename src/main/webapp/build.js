/* Fills the page of one build: its environments as a graph, and its approvals; kept up to date while the build runs. */
import { decisionButtons, focusAgain, heard, notice } from "./decide.js";
import { badge, cancelled, element, message, note, progressOf, said, stateOf, time, timeLeft } from "./elements.js";
import { graph } from "./graph.js";
import { keepUpToDate, troubleElement } from "./live.js";
import { page, say } from "./words.js";

const trouble = troubleElement();
const environments = element("div");
const approvals = element("div", "armory-build__approvals");
const stages = element("p", "armory-approvals__note");
stages.hidden = true;
const empty = element("p", "armory-approvals__nothing", say("none.build"));
empty.hidden = true;
page.replaceChildren(trouble, notice, empty, environments, stages, approvals);

/** What the graph was made of, as text. */
let drawn = "";
/** By id: the cards of the approvals, and what they were made of. */
const cards = new Map();
let over = false;

function facts(...pairs) {
  return element(
    "dl",
    "armory-decision__facts",
    ...pairs.flatMap(([name, ...values]) => [element("dt", "", say(name)), element("dd", "", ...values)]),
  );
}

/** A table that is folded up until somebody wants it; it stays as it is when the card is made anew. */
function folded(part, title, columns, rows) {
  if (rows.length === 0) {
    return [];
  }
  const cells = (name, values) =>
    values.map((value) => {
      const cell = element(name, "", value);
      if (name === "th") {
        cell.scope = "col";
      }
      return cell;
    });
  const table = element(
    "table",
    "jenkins-table jenkins-table--small",
    element("thead", "", element("tr", "", ...cells("th", columns))),
    element("tbody", "", ...rows.map((row) => element("tr", "", ...cells("td", row)))),
  );
  const scroll = element("div", "armory-approvals__sideways", table);
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", title);
  const result = element("details", "", element("summary", "", title), scroll);
  result.dataset.part = part;
  return [result];
}

function attempts(all) {
  return folded(
    "attempts",
    say("attempts", all.length),
    ["number", "at", "host", "outcome"].map((name) => say(`attempt.${name}`)),
    all.map(({ number, at, host, status, failure, durationMillis }) => [
      String(number),
      time(at),
      host,
      `${failure || status}, ${say("attempt.millis", durationMillis)}`,
    ]),
  );
}

function refused(all) {
  return folded(
    "refused",
    say("refused", all.length),
    [say("attempt.at"), say("refused.address"), say("refused.status"), say("refused.reason")],
    all.map(({ at, address, status, reason, rehearsal }) => [
      time(at),
      address,
      String(status),
      rehearsal ? say("refused.rehearsal", reason) : reason,
    ]),
  );
}

/** One approval, with all that is known of it. */
function makeCard(approval) {
  const { id, webhook, environment, phase, createdAt, decision } = approval;
  const heading = element("h3", "armory-build__heading", environment ? `${webhook} (${environment})` : webhook);
  heading.id = `heading-${id}`;
  const left = decision ? null : timeLeft(approval);
  const card = element(
    "section",
    "armory-build__approval",
    element("div", "armory-build__line", heading, badge(stateOf(approval))),
    facts(
      ["phase", phase],
      ["started", time(createdAt)],
      ...(left ? [["column.left", ...left.parts]] : []),
      ...(decision ? [["decidedBy", decision.decidedBy, note(time(decision.decidedAt))]] : []),
    ),
    ...said(approval),
    ...(decision ? message(decision) : progressOf(approval)),
    ...decisionButtons(approval, () => refresh()),
    ...attempts(approval.attempts),
    ...cancelled(approval),
    ...refused(approval.rejectedCallbacks),
  );
  card.id = `approval-${id}`;
  card.tabIndex = -1;
  card.setAttribute("aria-labelledby", heading.id);
  return { card, tick: left ? left.tick : () => {}, madeOf: JSON.stringify(approval) };
}

/** The approval's card: as it is, when nothing has changed, else a new one in its place. */
function cardOf(approval) {
  const known = cards.get(approval.id);
  if (known && known.madeOf === JSON.stringify(approval)) {
    return known;
  }
  const made = makeCard(approval);
  known?.card.querySelectorAll("details[open]").forEach(({ dataset }) => {
    made.card.querySelector(`[data-part="${dataset.part}"]`)?.setAttribute("open", "");
  });
  return made;
}

function showApprovals(all) {
  const focused = approvals.contains(document.activeElement) ? document.activeElement.dataset.decide : undefined;
  const made = all.map((approval) => [approval.id, cardOf(approval)]);
  const first = cards.size === 0;
  if (made.length !== cards.size || made.some(([id, { card }]) => cards.get(id)?.card !== card)) {
    approvals.replaceChildren(...made.map(([, { card }]) => card));
  }
  cards.clear();
  made.forEach(([id, card]) => cards.set(id, card));
  if (focused && document.activeElement === document.body) {
    focusAgain(focused);
  } else if (first && location.hash) {
    document.getElementById(location.hash.slice(1))?.focus(); // as the browser would if it had been there
  }
}

function show(answer) {
  const { building, cancelledStages, cancelsStages } = answer;
  over = !building && answer.approvals.every(({ decision }) => decision);
  if (drawn !== JSON.stringify(answer.environments)) {
    drawn = JSON.stringify(answer.environments);
    environments.replaceChildren(...graph(answer.environments));
  }
  stages.textContent = say("stages.cancelled", cancelledStages.join(", "), cancelsStages);
  stages.hidden = cancelledStages.length === 0;
  empty.hidden = answer.environments.length > 0 || answer.approvals.length > 0;
  // Those that wait come first, since somebody may have to do something.
  showApprovals([...answer.approvals].sort((a, b) => Boolean(a.decision) - Boolean(b.decision)));
  heard(answer.approvals);
}

const refresh = keepUpToDate({
  trouble,
  show,
  tick: () => cards.forEach(({ tick }) => tick()),
  isOver: () => over,
});
