/*
 * Fills the page of one build: its environments as a graph, and its approvals; kept up to date while the build runs. The targets of a
 * deployment file are tiles in the graph, and the approvals of their steps are in the tiles.
 */
import { cancelledNote, cards as cardsOf, isOver, total } from "./card.js";
import { notice } from "./decide.js";
import { element, facts, note } from "./elements.js";
import { Graph } from "./graph.js";
import { keepUpToDate } from "./live.js";
import { plannedApprovals, standing, withPlanned } from "./plan.js";
import { MAX_CARDS, Table } from "./table.js";
import { tile } from "./tile.js";
import { page, say } from "./words.js";

const graph = new Graph((value) => tile(value, () => refresh()));
const cards = cardsOf(() => refresh());
const table = new Table(() => refresh());
const cancelled = cancelledNote();
const empty = element("p", { class: "armory-approvals__nothing", hidden: true }, say("none.build"));
const about = element("section", { "aria-label": say("about") });
page.replaceChildren(notice, cancelled.note, empty, graph.whole, about, cards.whole, table.whole);

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

/** The last answer. */
let last = null;

function showEnvironments(answer) {
  const targets = new Map(answer.plan.map((target) => [target.name, target]));
  const all = withPlanned(answer);
  const byId = new Map(answer.approvals.map((approval) => [approval.id, approval]));
  graph.show(new Map(all.map((environment) => {
    const target = targets.get(environment.name);
    return [environment.name, { environment, parts: target && standing(target, environment, byId) }];
  })));
  if (targets.size > 0) {
    const complete = all.filter(({ state }) => state === "COMPLETE").length;
    graph.count(say("plan.targets", complete, all.length));
  }
}

/** The id in the address, until its element is there. */
let target = location.hash.slice(1);

/** Moves the focus to the approval in the address, as the browser would on a finished page. In the table of many approvals it is searched for. */
function goToTarget() {
  const id = target.startsWith("approval-") ? target.slice("approval-".length) : "";
  const found = document.getElementById(target);
  found?.closest("details")?.setAttribute("open", ""); // a step of a plan
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
  empty.hidden = answer.doubt || answer.environments.length > 0 || answer.approvals.length > 0 || answer.plan.length > 0;
  const planned = plannedApprovals(answer); // they are in the tiles
  const others = answer.approvals.filter(({ id }) => !planned.has(id));
  cards.show(total(answer) > MAX_CARDS ? [] : others);
  table.show(answer, others);
  if (target && answer.approvals.length > 0) {
    goToTarget();
  }
}

function tick() {
  cards.tick();
  table.tick();
  graph.items.tick();
}

const refresh = keepUpToDate({ show, tick, isOver: () => isOver(last) });
