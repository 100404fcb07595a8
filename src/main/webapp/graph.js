/*
 * The environments of a build as a graph: a list, for those who hear it, whose items are laid out in levels, each behind
 * those that it depends on, with the edges drawn behind them. The edges are drawn again when the layout changes.
 */
import { badge, element, note, time } from "./elements.js";
import { say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** How far an edge between items that are above each other bends to the side, in pixels. */
const BEND = 20;

/**
 * The level of each environment by name: behind all that it depends on. Those on a cycle, which Jenkins refuses in the end,
 * come to lie somewhere.
 */
function levels(environments) {
  const level = new Map(environments.map(({ name }) => [name, 0]));
  for (let round = 0; round < environments.length; round++) {
    let changed = false;
    for (const { name, dependsOn } of environments) {
      const behind = Math.max(0, ...dependsOn.map((other) => (level.has(other) ? level.get(other) + 1 : 0)));
      if (behind > level.get(name) && behind < environments.length) {
        level.set(name, behind);
        changed = true;
      }
    }
    if (!changed) {
      break;
    }
  }
  return level;
}

/** The environments level by level, within a level near what they depend on, so that few edges cross. */
function ordered(environments) {
  const level = levels(environments);
  const rows = new Map();
  const byLevel = [];
  environments.forEach((environment) => (byLevel[level.get(environment.name)] ??= []).push(environment));
  return byLevel.flatMap((all, column) => {
    const middle = ({ dependsOn }) => {
      const known = dependsOn.filter((other) => rows.has(other)).map((other) => rows.get(other));
      return known.length ? known.reduce((sum, row) => sum + row, 0) / known.length : 0;
    };
    const sorted = column === 0 ? all : [...all].sort((a, b) => middle(a) - middle(b));
    sorted.forEach(({ name }, row) => rows.set(name, row));
    return sorted.map((environment, row) => ({ environment, column, row }));
  });
}

function node({ environment, column, row }) {
  const { name, state, since, dependsOn, reason, afterDeploymentFailure, cancelledBy, rollback } = environment;
  const notes = [];
  if (dependsOn.length > 0) {
    notes.push(note(say("after", dependsOn.join(", "))));
  }
  if (cancelledBy) {
    notes.push(note(say("cancelledBy", cancelledBy)));
  }
  for (const why of new Set([reason, afterDeploymentFailure])) {
    if (why) {
      notes.push(element("p", "armory-graph__reason", why));
    }
  }
  if (rollback) {
    const word = rollback.failure ? "rollback.failed" : rollback.over ? "rollback.over" : "rollback.under way";
    notes.push(note(say(word, rollback.failure)));
  }
  const result = element(
    "li",
    `armory-graph__node armory-graph__node--${state.toLowerCase()}`,
    element("strong", "armory-graph__name", name),
    badge(state, say(`environment.${state}`)),
    note(time(since)),
    ...notes,
  );
  result.style.setProperty("--armory-graph-column", column + 1);
  result.style.setProperty("--armory-graph-row", row + 1);
  return result;
}

/** From the item that is depended on to the one that depends: forward where that is beside it, else around the side. */
function curve(from, to, origin) {
  const [y1, y2] = [from, to].map(({ top, height }) => top + height / 2 - origin.top);
  if (to.left >= from.right) {
    const [x1, x2] = [from.right - origin.left, to.left - origin.left];
    const middle = (x1 + x2) / 2;
    return `M ${x1} ${y1} C ${middle} ${y1}, ${middle} ${y2}, ${x2} ${y2}`;
  }
  const [x1, x2] = [from.left - origin.left, to.left - origin.left];
  return `M ${x1} ${y1} C ${x1 - BEND} ${y1}, ${x2 - BEND} ${y2}, ${x2} ${y2}`;
}

function draw(list, edges, environments, nodes) {
  const origin = list.getBoundingClientRect();
  edges.setAttribute("width", list.scrollWidth);
  edges.setAttribute("height", list.scrollHeight);
  const byName = new Map(environments.map((environment) => [environment.name, environment]));
  edges.replaceChildren(
    ...environments.flatMap(({ name, dependsOn, cancelledBy }) =>
      dependsOn
        .filter((other) => byName.has(other))
        .map((other) => {
          // The failure that cancelled it came along this edge: from there, or from what it cancelled before.
          const cancelled = cancelledBy && (cancelledBy === other || cancelledBy === byName.get(other).cancelledBy);
          const path = document.createElementNS(SVG, "path");
          path.setAttribute("d", curve(nodes.get(other).getBoundingClientRect(), nodes.get(name).getBoundingClientRect(), origin));
          path.setAttribute("class", `armory-graph__edge${cancelled ? " armory-graph__edge--cancelled" : ""}`);
          return path;
        })),
  );
}

let watching = null;

/** The graph, or nothing where there are no environments. */
export function graph(environments) {
  watching?.disconnect();
  watching = null;
  if (environments.length === 0) {
    return [];
  }
  const heading = element("h2", "armory-approvals__title", say("environments"));
  heading.id = "armory-environments";
  const list = element("ol", "armory-graph");
  list.setAttribute("aria-labelledby", heading.id);
  const nodes = new Map(ordered(environments).map((placed) => [placed.environment.name, node(placed)]));
  list.append(...nodes.values());
  const edges = document.createElementNS(SVG, "svg");
  edges.setAttribute("class", "armory-graph__edges");
  edges.setAttribute("aria-hidden", "true");
  const drawing = element("div", "armory-graph__drawing", edges, list);
  const scroll = element("div", "armory-graph__scroll", drawing);
  watching = new ResizeObserver(() => {
    draw(list, edges, environments, nodes);
    // What has to be scrolled sideways has to be reached with the keyboard.
    scroll.tabIndex = scroll.scrollWidth > scroll.clientWidth ? 0 : -1;
  });
  watching.observe(list);
  return [element("section", "", heading, scroll)];
}
