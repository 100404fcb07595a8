/* Fills the page of the administrators' environments, and keeps it up to date. */
import { arrange, replace } from "./anew.js";
import { folded } from "./card.js";
import { badge, element, environmentBadge, facts, note, time } from "./elements.js";
import { keepUpToDate, troubleElement } from "./live.js";
import { page, say } from "./words.js";

/** The names of the columns of the last deployments, which are words of the page. */
const COLUMNS = ["column.build", "column.state", "attempt.at", "decidedBy", "about.commit"];

const trouble = troubleElement();
const empty = element("p", "armory-approvals__nothing", say("none.environments"));
empty.hidden = true;
const all = element("div", "armory-build__approvals");
page.replaceChildren(trouble, empty, all);

/** The build, with a link to its page of approvals while its job is there. */
function build({ job, build: number, buildUrl }) {
  const name = `${job} #${number}`;
  if (!buildUrl) {
    return name;
  }
  const link = element("a", "", name);
  link.href = `${page.dataset.base}../${buildUrl}armory/`;
  return link;
}

/** What one rule asks for, in a line. */
function rule({ webhook, people, message, notByRequester }) {
  const who = [people, notByRequester ? say("environment.notByRequester") : ""].filter((part) => part).join(", ");
  return note([webhook, message ? say("person.said", message, who) : who].filter((part) => part).join(" – "));
}

function span({ denies, times, from, lasts, zone, reason }) {
  const parts = [times, from, lasts, zone, reason].filter((part) => part).join(", ");
  return note(say(denies ? "environment.deny" : "environment.allow", parts));
}

/** When it opens or closes next; nothing for what is always open. */
function change({ open, nextOpening, nextClosing, whyClosed }) {
  if (open) {
    return nextClosing ? [["environment.closes", time(nextClosing)]] : [];
  }
  return [
    ["environment.why", whyClosed],
    ["environment.opens", nextOpening ? time(nextOpening) : say("environment.never")],
  ];
}

/** What the settings ask: for administrators in full, for others how many rules there are. */
function rulesOf({ before, after, rules }) {
  if (!rules) {
    return [["environment.before", String(before)], ["environment.after", String(after)]];
  }
  const listed = [
    ["environment.before", rules.before.map(rule)],
    ["environment.after", rules.after.map(rule)],
    ["environment.windows", rules.windows.map(span)],
    ["environment.credentials", rules.credentials.map((id) => note(id))],
    ["environment.agents", rules.agents.map((label) => note(label))],
  ];
  return [
    ["environment.jobs", rules.jobs],
    ...listed.filter(([, values]) => values.length > 0).map(([name, values]) => [name, ...values]),
  ];
}

function underWay({ underWay: builds }) {
  return builds.length === 0
    ? [say("environment.nobody")]
    : builds.map((each) => element("div", "armory-build__line", build(each), environmentBadge(each), note(time(each.since))));
}

function deployments(key, ended) {
  return folded(
    `deployments ${key}`,
    say("deployments", ended.length),
    COLUMNS.map((column) => say(column)),
    ended.map((each) => [
      build(each),
      environmentBadge({ state: each.state, afterDeploymentFailure: each.checksFailed }),
      time(each.at),
      each.decidedBy.join(", ") || "–",
      element("span", "", each.commit ? each.commit.slice(0, 12) : "–", ...(each.replay ? [note(say("deployment.replay"))] : [])),
    ]),
  );
}

let made = 0; // cards so far, which tells their headings apart

function card(key, environment) {
  const { name, open } = environment;
  const heading = element("h2", "armory-build__heading", name);
  heading.id = `environment-${made += 1}`;
  const state = badge(open ? "complete" : "aborted", say(open ? "environment.open" : "environment.closed"));
  const result = element(
    "section",
    "armory-build__approval",
    element("div", "armory-build__line", heading, state),
    facts(...[...change(environment), ...rulesOf(environment), ["environment.underWay", ...underWay(environment)]]
      .map(([name, ...values]) => [say(name), ...values])),
    ...deployments(key, environment.deployments),
  );
  result.setAttribute("aria-labelledby", heading.id);
  return result;
}

/** By key: the cards, and what they were made of. */
let known = new Map();

/** The environment's card: as it is, when nothing has changed, else a new one in its place. */
function cardOf(key, environment) {
  const old = known.get(key);
  const madeOf = JSON.stringify(environment);
  if (old?.madeOf === madeOf) {
    return old;
  }
  const result = { card: card(key, environment), madeOf };
  if (old) {
    replace(old.card, result.card);
  }
  return result;
}

function show({ environments }) {
  empty.hidden = environments.length > 0;
  const shown = new Map();
  environments.forEach((environment) => {
    // Several entries may have one name, for different jobs.
    const sameName = [...shown.values()].filter(({ name }) => name === environment.name).length;
    const key = `${sameName} ${environment.name}`;
    shown.set(key, { name: environment.name, ...cardOf(key, environment) });
  });
  arrange(all, [...shown.values()].map(({ card: each }) => each));
  known = shown;
}

keepUpToDate({ trouble, show, tick: () => {} });
