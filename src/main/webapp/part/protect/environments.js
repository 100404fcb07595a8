/* Fills the page of the administrators' environments, and keeps it up to date. */
import { Kept } from "../../anew.js";
import { foldedTable } from "../../card.js";
import { badge, element, environmentBadge, facts, note, time } from "../../elements.js";
import { keepUpToDate } from "../../live.js";
import { page, say } from "../../words.js";

/** The names of the columns of the last deployments, which are words of the page. */
const COLUMNS = ["column.build", "about.version", "column.state", "attempt.at", "decidedBy", "about.commit"];

const empty = element("p", { class: "armory-approvals__nothing", hidden: true }, say("none.environments"));

/** The build, with a link to its page of approvals while its job is there. */
function build({ job, build: number, buildUrl }) {
  const name = `${job} #${number}`;
  if (!buildUrl) {
    return name;
  }
  return element("a", { href: `${page.dataset.base}../${buildUrl}armory/` }, name);
}

/** What was deployed; of a digest, its first twelve characters. */
function version({ application, version: whole }) {
  const shown = whole?.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+/, "$1");
  return element("span", whole ? { title: whole } : "", shown || "–", note(application));
}

/** What one rule asks for, in a line. */
function rule({ webhook, people, message, notByRequester }) {
  const who = [people, notByRequester ? say("environment.notByRequester") : ""].filter((part) => part).join(", ");
  return note([webhook, message, who].filter((part) => part).join(" – "));
}

const span = ({ denies, sentence }) => note(say(denies ? "environment.deny" : "environment.allow", sentence));

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

function deployments(id, ended) {
  return foldedTable(
    `deployments ${id}`,
    say("deployments", ended.length),
    COLUMNS.map((column) => say(column)),
    ended.map((each) => [
      build(each),
      version(each),
      environmentBadge({ state: each.state, afterDeploymentFailure: each.checksFailed }),
      time(each.at),
      each.decidedBy.join(", ") || "–",
      element("span", "", each.commit ? each.commit.slice(0, 12) : "–", ...(each.replay ? [note(say("deployment.replay"))] : [])),
    ]),
  );
}

function card(environment) {
  const { id, name, open } = environment;
  const heading = element("h2", { class: "armory-build__heading", id: `environment-${id}` }, name);
  const state = badge(open ? "complete" : "aborted", say(open ? "environment.open" : "environment.closed"));
  const about = [...change(environment), ...rulesOf(environment), ["environment.underWay", ...underWay(environment)]];
  const made = element(
    "section",
    { class: "armory-build__approval", "aria-labelledby": heading.id },
    element("div", "armory-build__line", heading, state),
    facts(...about.map(([word, ...values]) => [say(word), ...values])),
    ...deployments(id, environment.deployments),
  );
  return { made };
}

const cards = new Kept(element("div", "armory-build__approvals"), card);
page.replaceChildren(empty, cards.whole);

function show({ environments }) {
  empty.hidden = environments.length > 0;
  cards.show(environments.map((environment, index) => ({ id: index, ...environment }))); // several may have one name, for different jobs
}

keepUpToDate({ show, tick: () => {} });
