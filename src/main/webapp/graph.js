/*
 * The environments of a build as a graph. For screen readers it is a list. Its items are laid out in levels, each behind those that it
 * depends on, with the edges drawn behind them. The edges are drawn again when the layout changes. Many targets of a
 * deployment, and targets that depend on nothing, fill the width instead, level by level and without edges.
 */
import { Kept } from "./anew.js";
import { element } from "./elements.js";
import { say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** The most targets with edges. Nobody could follow more. */
const MAX_WITH_EDGES = 24;

/** The lowest place where an edge meets a tile, in pixels from its top: tiles grow while their steps go on. */
const HEAD = 40;

/** How far an edge between items that are above each other bends to the side, in pixels. */
const BEND = 20;

/** The level of each environment by name: behind all that it depends on. There are at most as many levels as environments. */
function levels(environments) {
  const level = new Map(environments.map(({ name }) => [name, 0]));
  environments.forEach(() => environments.forEach(({ name, dependsOn }) =>
    level.set(name, Math.max(0, ...dependsOn.filter((other) => level.has(other)).map((other) => level.get(other) + 1)))));
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

/** From the item that is depended on to the one that depends: forward where that is beside it, else around the side. */
function curve(from, to, origin, head) {
  const [y1, y2] = [from, to].map(({ top, height }) => top + Math.min(height / 2, head) - origin.top);
  if (to.left >= from.right) {
    const [x1, x2] = [from.right - origin.left, to.left - origin.left];
    const middle = (x1 + x2) / 2;
    return `M ${x1} ${y1} C ${middle} ${y1}, ${middle} ${y2}, ${x2} ${y2}`;
  }
  const [x1, x2] = [from.left - origin.left, to.left - origin.left];
  return `M ${x1} ${y1} C ${x1 - BEND} ${y1}, ${x2 - BEND} ${y2}, ${x2} ${y2}`;
}

function edge(from, to, origin, head, cancelled) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", curve(from, to, origin, head));
  path.setAttribute("class", `armory-graph__edge${cancelled ? " armory-graph__edge--cancelled" : ""}`);
  return path;
}

/** The graph as it is on the page. Items of environments that have not changed are left alone. */
export class Graph {
  /** @param make makes the item of a value, which has the environment, and its parts if it is a tile */
  constructor(make) {
    this.environments = [];
    this.counted = element("span", "armory-approvals__count");
    this.heading = element("h2", { class: "armory-approvals__title", id: "armory-graph" }, say("environments"), " ", this.counted);
    this.list = element("ol", { class: "armory-graph", "aria-labelledby": this.heading.id });
    this.items = new Kept(this.list, make);
    this.edges = document.createElementNS(SVG, "svg");
    this.edges.setAttribute("class", "armory-graph__edges");
    this.edges.setAttribute("aria-hidden", "true");
    this.scroll = element("div", "armory-graph__scroll", element("div", "armory-graph__drawing", this.edges, this.list));
    this.whole = element("section", { hidden: true }, this.heading, this.scroll);
    this.watching = new ResizeObserver(() => this.draw());
  }

  /** Shows these values by the names of their environments. */
  show(values) {
    this.environments = [...values.values()].map(({ environment }) => environment);
    this.whole.hidden = values.size === 0;
    this.hasTiles = [...values.values()].some(({ parts }) => parts);
    this.flat = this.hasTiles
      && (values.size > MAX_WITH_EDGES || this.environments.every(({ dependsOn }) => dependsOn.length === 0));
    this.list.classList.toggle("armory-graph--tiles", this.hasTiles);
    this.list.classList.toggle("armory-graph--flat", this.flat);
    const places = ordered(this.environments);
    const rows = Math.max(0, ...places.map(({ row }) => row + 1));
    const inColumn = (column) => places.filter((place) => place.column === column).length;
    this.items.show(places.map(({ environment: { name } }) => ({ id: name, ...values.get(name) })));
    this.watching.disconnect();
    this.watching.observe(this.list);
    places.forEach(({ environment: { name }, column, row }) => {
      const item = this.item(name);
      item.style.setProperty("--armory-graph-column", this.flat && row > 0 ? "auto" : this.flat ? 1 : column + 1);
      // The last tile of a column has the room below it, so that a high one does not push those beside it apart.
      const span = this.hasTiles && row + 1 === inColumn(column) ? ` / span ${rows - row}` : "";
      item.style.setProperty("--armory-graph-row", `${row + 1}${span}`);
      this.watching.observe(item);
    });
    this.draw();
  }

  item(name) {
    return this.items.known.get(name).made;
  }

  /** Says how far all of them have come. */
  count(text) {
    this.counted.textContent = text;
  }

  draw() {
    // The keyboard must be able to scroll it sideways.
    this.scroll.tabIndex = this.scroll.scrollWidth > this.scroll.clientWidth ? 0 : -1;
    const origin = this.list.getBoundingClientRect();
    const byName = new Map(this.environments.map((environment) => [environment.name, environment]));
    const paths = this.flat ? [] : this.environments.flatMap(({ name, dependsOn, cancelledBy }) =>
      dependsOn
        .filter((other) => byName.has(other))
        .map((other) => {
          // The failure that cancelled it came along this edge: from there, or from what it cancelled before.
          const cancelled = cancelledBy && (cancelledBy === other || cancelledBy === byName.get(other).cancelledBy);
          const [from, to] = [other, name].map((each) => this.item(each).getBoundingClientRect());
          return edge(from, to, origin, this.hasTiles ? HEAD : Infinity, cancelled);
        }));
    this.edges.setAttribute("width", this.list.scrollWidth);
    this.edges.setAttribute("height", this.list.scrollHeight);
    this.edges.replaceChildren(...paths);
  }
}
