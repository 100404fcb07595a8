/*
 * Fills the page of one build: its environments as a graph, and its approvals; kept up to date while the build runs. The targets of a
 * deployment file are tiles in the graph, and the approvals of their steps are in the tiles.
 */
import { focusIn, unfold, unfoldedIn } from "./anew.js";
import { cancelledNote, cards as cardsOf, isOver, total } from "./cards.js";
import { heard, notice } from "./decide.js";
import { element, facts, note } from "./elements.js";
import { box, Graph } from "./graph.js";
import { keepUpToDate, troubleElement } from "./live.js";
import { isOfInterest, plannedApprovals, standing, withPlanned } from "./plan.js";
import { MAX_CARDS, Table } from "./table.js";
import { tile } from "./tile.js";
import { page, say } from "./words.js";

/** The most targets under way or failed that are shown with all their steps. */
const MAX_OPEN = 6;

const trouble = troubleElement();
const graph = new Graph();
const cards = cardsOf(() => refresh());
const table = new Table(() => refresh());
const cancelled = cancelledNote();
const empty = element("p", { class: "armory-approvals__nothing", hidden: true }, say("none.build"));
const about = element("section", { "aria-label": say("about") });
page.replaceChildren(trouble, notice, cancelled.note, empty, graph.whole, about, cards.whole, table.whole);

/** Shows what people should know of the build before they approve it. */
function showAbout({ approvals, buildInfo: { causes, parameters, replay, commits } }) {
  const lines = [
    ["about.causes", [...causes, ...(replay ? [say("about.replay")] : [])]],
    ["about.commit", commits.map(({ id, repository }) => [id, repository].filter((part) => part).join(", "))],
    ["about.parameters", parameters.map(({ name, value }) => say("person.said", name, value))],
  ].filter(([, values]) => values.length > 0);
  about.hidden = approvals.length === 0 || lines.length === 0;
  about.replaceChildren(facts(...lines.map(([name, values]) => [say(name), ...values.map((value) => note(value))])));
}

/** What the graph was made of, as text. */
let drawn = "";
/** By name: the items of the graph, what they were made of, and whether the viewer wants to see all steps. */
const items = new Map();
/** The last answer. */
let last = null;

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

/** The id in the address, until its element is there. */
let target = location.hash.slice(1);

/** Moves the focus to the approval in the address, as the browser would on a finished page. In the table of many approvals it is searched for. */
function goToTarget() {
  const id = target.startsWith("approval-") ? target.slice("approval-".length) : "";
  showStep(id);
  const found = document.getElementById(target);
  if (found || !id || table.whole.hidden || table.box.value === id) {
    target = "";
    found?.focus();
  } else {
    table.search(id);
  }
}

function show(answer) {
  last = answer;
  showEnvironments(answer);
  cancelled.show(answer);
  showAbout(answer);
  empty.hidden = answer.environments.length > 0 || answer.approvals.length > 0 || answer.plan.length > 0;
  const planned = plannedApprovals(answer); // they are in the tiles
  const others = answer.approvals.filter(({ id }) => !planned.has(id));
  cards.show(total(answer) > MAX_CARDS ? [] : others);
  table.show(answer, others);
  heard(answer.approvals, others.length === total(answer));
  if (target && answer.approvals.length > 0) {
    goToTarget();
  }
}

function tick() {
  cards.tick();
  table.tick();
  items.forEach((item) => item.tick());
}

const refresh = keepUpToDate({ trouble, show, tick, isOver: () => isOver(last) });
