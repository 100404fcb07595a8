/*
 * Fills the page of one build: its environments as a graph, and its approvals; kept up to date while the build runs. The targets of a
 * deployment file are tiles in the graph, and the approvals of their steps are in the tiles.
 */
import { focusIn, replace, unfold, unfoldedIn } from "./anew.js";
import { callsOf, factsOf } from "./card.js";
import { decisionButtons, heard, notice } from "./decide.js";
import { badge, element, message, overridden, progressOf, said, stateOf, timeLeft } from "./elements.js";
import { box, Graph } from "./graph.js";
import { keepUpToDate, troubleElement } from "./live.js";
import { isOfInterest, plannedApprovals, standing, withPlanned } from "./plan.js";
import { tile } from "./tile.js";
import { page, say } from "./words.js";

const TICK_MILLIS = 1000;
/** As many targets are shown with all their steps while they are under way or have failed. */
const MAX_OPEN = 6;

const trouble = troubleElement();
const graph = new Graph();
const approvals = element("div", "armory-build__approvals");
const stages = element("p", "armory-approvals__note");
stages.hidden = true;
const empty = element("p", "armory-approvals__nothing", say("none.build"));
empty.hidden = true;
page.replaceChildren(trouble, notice, empty, graph.whole, stages, approvals);

/** What the graph was made of, as text. */
let drawn = "";
/** By name: the items of the graph, what they were made of, and whether the viewer wants to see all steps. */
const items = new Map();
/** The last answer. */
let last = null;
/** By id: the cards of the approvals, and what they were made of. */
const cards = new Map();
let over = false;

/** One approval, with all that is known of it. */
function makeCard(approval) {
  const { id, webhook, environment, decision } = approval;
  const name = approval.try > 1 ? `${webhook}, ${say("try", approval.try)}` : webhook;
  const heading = element("h3", "armory-build__heading", environment ? `${name} (${environment})` : name);
  heading.id = `heading-${id}`;
  const left = decision ? null : timeLeft(approval);
  const card = element(
    "section",
    "armory-build__approval",
    element("div", "armory-build__line", heading, badge(stateOf(approval)), ...overridden(approval)),
    factsOf(approval, left),
    ...said(approval),
    ...(decision ? message(decision) : progressOf(approval)),
    ...decisionButtons(approval, () => refresh()),
    ...callsOf(approval),
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
  if (known) {
    replace(known.card, made.card);
  }
  return made;
}

function toggle(environment) {
  const known = items.get(environment.name);
  known.open = !known.shownOpen;
  drawn = "";
  showEnvironments(last);
}

/** The item of an environment: as it is, when nothing has changed, else with new content. */
function itemOf(environment, { target, approvals: byId, manyOpen }) {
  const { name, state } = environment;
  if (!items.has(name)) {
    items.set(name, { item: element("li"), madeOf: "", open: undefined, tick: () => {} });
  }
  const known = items.get(name);
  const parts = target ? standing(target, environment, byId) : [];
  const open = Boolean(target) && (known.open ?? (!manyOpen && isOfInterest(environment)));
  const rollback = environment.steps?.[target?.rollback.id]?.approval;
  const madeOf = JSON.stringify([environment, target, parts, byId.get(rollback), open]);
  if (known.madeOf === madeOf) {
    return known.item;
  }
  const { item } = known;
  const unfolded = unfoldedIn(item);
  const focusBack = focusIn(item);
  const made = target
    ? tile({
      target, environment, parts, approvals: byId, open, unfolded, onToggle: () => toggle(environment), onDecided: () => refresh(),
    })
    : { content: box(environment), tick: () => {} };
  item.className = `armory-graph__node armory-graph__node--${state.toLowerCase()}${target ? " armory-tile" : ""}`;
  item.replaceChildren(...made.content);
  unfold(item, unfolded);
  focusBack();
  Object.assign(known, { madeOf, tick: made.tick, shownOpen: open });
  return item;
}

function showEnvironments(answer) {
  const planned = plannedApprovals(answer);
  const own = answer.approvals.filter(({ id }) => planned.has(id));
  const text = JSON.stringify([answer.plan, answer.environments, own]);
  if (drawn === text) {
    return;
  }
  drawn = text;
  const targets = new Map(answer.plan.map((target) => [target.name, target]));
  const all = withPlanned(answer);
  const byId = new Map(own.map((approval) => [approval.id, approval]));
  const manyOpen = all.filter((each) => targets.has(each.name) && isOfInterest(each)).length > MAX_OPEN;
  graph.show(all, targets.size > 0, (environment) =>
    itemOf(environment, { target: targets.get(environment.name), approvals: byId, manyOpen }));
  if (targets.size > 0) {
    const complete = all.filter(({ state }) => state === "COMPLETE").length;
    graph.count(say("plan.targets", complete, all.length));
  }
}

/** Shows the step of an approval, also if it is in a tile whose steps are not all shown. */
function showStep(id) {
  const environment = last.environments.find(({ steps = {} }) => Object.values(steps).some(({ approval }) => approval === id));
  const known = environment && items.get(environment.name);
  if (known && !known.shownOpen) {
    toggle(environment);
  }
}

/** Goes to what the address names, as the browser would if it had been there from the start. */
function goToTarget() {
  const id = location.hash.slice(1);
  if (id.startsWith("approval-")) {
    showStep(id.slice("approval-".length));
  }
  document.getElementById(id)?.focus();
}

/** Cards that have not changed are left alone, so that whoever reads or tabs there can go on. */
function showApprovals(all) {
  const made = all.map((approval) => [approval.id, cardOf(approval)]);
  const shown = new Set(made.map(([, { card }]) => card));
  [...approvals.children].filter((card) => !shown.has(card)).forEach((card) => card.remove());
  made.forEach(([, { card }], index) => {
    if (approvals.children[index] !== card) {
      const focusBack = focusIn(card);
      approvals.insertBefore(card, approvals.children[index] ?? null);
      focusBack();
    }
  });
  cards.clear();
  made.forEach(([id, card]) => cards.set(id, card));
}

function show(answer) {
  const { building, cancelledStages, cancelsStages } = answer;
  const first = !last?.approvals.length && answer.approvals.length > 0;
  last = answer;
  // A notice of the decision may be sent, or fail, after it.
  over = !building && answer.approvals.every(({ decision, notices }) => decision && !notices?.due.length);
  showEnvironments(answer);
  stages.textContent = cancelledStages.length > 0 ? say("stages.cancelled", cancelledStages.join(", "), cancelsStages) : "";
  stages.hidden = cancelledStages.length === 0;
  empty.hidden = answer.environments.length > 0 || answer.approvals.length > 0 || answer.plan.length > 0;
  // Those that wait come first, since somebody may have to do something. Those of planned steps are in the tiles.
  const planned = plannedApprovals(answer);
  const others = answer.approvals.filter(({ id }) => !planned.has(id));
  showApprovals([...others].sort((a, b) => Boolean(a.decision) - Boolean(b.decision)));
  heard(answer.approvals);
  if (first && location.hash) {
    goToTarget();
  }
}

function tick() {
  cards.forEach((card) => card.tick());
  items.forEach((item) => item.tick());
}

const refresh = keepUpToDate({ trouble, show, tick, isOver: () => over });
setInterval(() => {
  if (!document.hidden && !over) {
    tick();
  }
}, TICK_MILLIS);
