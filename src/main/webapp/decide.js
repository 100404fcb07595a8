/*
 * Approving and rejecting: buttons, and a dialog that shows what is decided about and takes a comment. Jenkins judges who may decide and who
 * was first; what the page knows of it only saves a question.
 */
import { button, element, inZone, message, progressOf, said } from "./elements.js";
import { request } from "./live.js";
import { page, place, say } from "./words.js";

/** As many as Jenkins takes. */
const MAX_COMMENT = 8192;
const APPROVE = { path: "approve", style: "jenkins-!-success-color" };
const REJECT = { path: "reject", style: "jenkins-!-destructive-color" };

/** The fields of a form by the names of their parameters. Jenkins leaves out "_." before the name of a field, and so does this. */
function fieldsOf(form) {
  return [...form.querySelectorAll("[name=parameter]")]
    .map((parameter) => ({
      name: parameter.querySelector("[name=name]")?.value,
      fields: [...parameter.querySelectorAll("[name=value], [name='_.value']")],
    }))
    .filter(({ name }) => name !== undefined);
}

/**
 * The values of these parameters in the form, by name. Each is one text. If the form has no clear value for one, this fails and nothing is
 * sent, since Jenkins would take the default.
 */
function filledIn(form, names) {
  const fieldsByName = new Map(fieldsOf(form).map(({ name, fields }) => [name, fields]));
  return Object.fromEntries(names.map((name) => {
    const [field, ...more] = (fieldsByName.get(name) || []).filter(({ type, checked }) => type !== "radio" || checked);
    if (!field || field.multiple || more.length > 0) {
      throw new Error(say("decide.unreadable", name));
    }
    return [name, field.type === "checkbox" ? String(field.checked) : field.value];
  }));
}

/** The decision of an administrator, whatever is missing. */
const OVERRIDE = { path: "override", style: "", withReason: true };

const APPROVE_ANYWAY = { decision: "approve", label: "decide.approveAnyway", style: "jenkins-!-success-color" };
const REJECT_ANYWAY = { decision: "reject", label: "decide.rejectAnyway", style: "jenkins-!-destructive-color" };

/** Says what a decision came to, and takes the focus when its button is gone. */
export const notice = element("p", { class: "armory-decision__notice", role: "status", tabindex: -1, hidden: true });

/**
 * What has been said about an approval, and the buttons for what the viewer may say.
 *
 * @param onDecided called when something was said, by whomever
 * @param isNamed whether the approval's title stands there, which may be the question
 */
export const told = (approval, onDecided, isNamed) => [
  ...said(approval, isNamed),
  ...(approval.decision ? message(approval.decision) : progressOf(approval)),
  ...decisionButtons(approval, onDecided),
];

function decisionButtons(approval, onDecided) {
  const { manualApproval, mayOverride } = approval;
  const choices = [
    ...(manualApproval?.mayApprove ? [APPROVE] : []),
    ...(manualApproval?.mayReject ? [REJECT] : []),
    ...(mayOverride ? [OVERRIDE] : []),
  ];
  if (choices.length === 0) {
    return [];
  }
  const buttons = choices.map((choice) => {
    const word = say(`choice.${choice.path}`);
    return button(
      {
        class: `jenkins-button ${choice.style}`.trim(),
        "aria-label": `${word}: ${place(approval)}`,
        "aria-haspopup": "dialog",
        "data-decide": `${choice.path} ${approval.id}`,
      },
      word,
      () => new DecisionDialog(approval, choice, onDecided),
    );
  });
  return [element("div", "armory-decision__buttons", ...buttons)];
}

/** After the element that had the focus was made anew: the button at the same place, if there is one. */
export function focusAgain(key) {
  const button = [...document.querySelectorAll("[data-decide]")].find(({ dataset }) => dataset.decide === key);
  (button || notice).focus();
}

/** Says to a later person who decided first, and what. */
function whoWasFirst({ outcome, decidedBy, decidedAt, mdMessage }, byPerson) {
  const when = inZone(decidedAt);
  const text = byPerson
    ? say("notice.first", decidedBy, say(outcome === "SUCCESS" ? "choice.approved" : "choice.rejected"), when)
    : say("notice.ended", say(`state.${outcome}`), decidedBy, when);
  return mdMessage ? `${text} ${mdMessage}` : text;
}

/** The crumb that Jenkins asks for with every change; the embedded controller has none. */
function crumb() {
  const { crumbHeader, crumbValue } = document.head.dataset;
  return crumbHeader && crumbValue ? { [crumbHeader]: crumbValue } : {};
}

/** One question to the viewer, from its opening to its end. */
class DecisionDialog {
  constructor(approval, choice, onDecided) {
    this.approval = approval;
    this.choice = choice;
    this.onDecided = onDecided;
    this.hasForm = false;
    this.build();
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.loadForm();
    this.comment.focus();
  }

  build() {
    const { approval, choice } = this;
    const title = element(
      "div", { class: "jenkins-dialog__title", id: "armory-decision-title" }, say(`decide.${choice.path}`, place(approval)));
    const about = choice.withReason ? [approval.title, say("decide.anyway")] : [approval.title];
    const question = about.map((text) => element("p", "armory-approvals__question", text));
    this.comment = element(
      "textarea", { class: "jenkins-input", id: "armory-decision-comment", maxlength: MAX_COMMENT, rows: 3, required: choice.withReason });
    const label = element(
      "label", { class: "armory-approvals__label", for: this.comment.id }, say(choice.withReason ? "decide.reason" : "decide.comment"));
    this.form = element("div", "");
    this.asked = element("div", "armory-decision__asked", this.form, label, this.comment);
    this.alert = element("p", { class: "jenkins-alert jenkins-alert-warning armory-decision__alert", role: "alert", hidden: true });
    this.sends = (choice.withReason ? [APPROVE_ANYWAY, REJECT_ANYWAY] : [choice]).map(({ style, label: word, path, decision }) => element(
      "button",
      { type: "submit", class: `jenkins-button jenkins-button--primary ${style}`.trim(), value: decision },
      say(word || `choice.${path}`),
    ));
    this.cancel = button({}, say("decide.cancel"), () => this.dialog.close());
    const form = element(
      "form",
      "armory-decision__form",
      title,
      element("div", "jenkins-dialog__contents", ...question, ...said(approval), this.asked, this.alert),
      element("div", "jenkins-buttons-row jenkins-buttons-row--equal-width jenkins-dialog__buttons", ...this.sends, this.cancel),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.decide(event.submitter?.value);
    });
    this.dialog = element("dialog", { class: "jenkins-dialog armory-decision", "aria-labelledby": title.id }, form);
    this.dialog.addEventListener("close", () => this.closed());
  }

  /** Whether there are parameters to fill in. The first person who approves does; the others agree to the values. */
  asksForInputs() {
    const { parameters = [], inputs } = this.approval.manualApproval || {};
    return parameters.length > 0 && !inputs && (this.choice.path === "approve" || this.choice.withReason);
  }

  /** Enables the buttons. Without the form, the viewer would approve values that they do not see; a rejection needs none. */
  letSend() {
    const hasAll = this.hasForm || !this.asksForInputs();
    this.sends.forEach((send) => { send.disabled = !hasAll && send.value !== "reject"; });
  }

  /** Loads the form from Jenkins, since plugins define the kinds of parameters. */
  async loadForm() {
    if (!this.asksForInputs()) {
      return;
    }
    this.letSend();
    try {
      const response = await request(`${page.dataset.base}approvals/${encodeURIComponent(this.approval.id)}/inputs`);
      if (!response.ok) {
        throw new Error(say("failed.status", response.status));
      }
      this.form.innerHTML = await response.text(); // a view of Jenkins, like any form of it
      window.Behaviour?.applySubtree(this.form, true);
      fieldsOf(this.form) // Jenkins's views have no labels for a single field
        .filter(({ fields }) => fields.length === 1)
        .forEach(({ name, fields: [field] }) => field.setAttribute("aria-label", name));
      this.hasForm = true;
      this.letSend();
    } catch (error) {
      this.tell(say("notice.failed", error.message));
    }
  }

  /** The browser gives the focus back to the button, unless that was made anew or is gone. */
  closed() {
    this.dialog.remove();
    if (document.activeElement === document.body || document.activeElement === null) {
      focusAgain(`${this.choice.path} ${this.approval.id}`);
    }
  }

  /** @param decision of an override: approve or reject */
  async decide(decision) {
    this.sends.forEach((send) => { send.disabled = true; });
    const text = this.comment.value;
    let sent = false;
    try {
      const body = new URLSearchParams({
        ...(this.choice.withReason ? { decision, reason: text } : { comment: text }),
        ...this.inputs(decision),
      });
      sent = true;
      const response = await request(`${page.dataset.base}approvals/${encodeURIComponent(this.approval.id)}/${this.choice.path}`, {
        method: "POST",
        headers: { Accept: "application/json", ...crumb() },
        body,
      });
      this.answered(response.status, await response.json().catch(() => ({})));
    } catch (error) {
      this.refused(say(sent ? "notice.unknown" : "notice.failed", error.message));
    }
  }

  /** What is filled in. Without it, what others have filled in is approved, as the dialog shows it. A rejection has no values. */
  inputs(decision) {
    const approves = decision === "approve" || this.choice.path === "approve";
    return approves && this.asksForInputs()
      ? { inputs: JSON.stringify(filledIn(this.form, this.approval.manualApproval.parameters)) }
      : {};
  }

  answered(status, answer) {
    if (answer.status === "accepted" && !(answer.duplicate && answer.decision)) {
      this.done(answer);
    } else if (answer.decision) {
      this.tooLate(whoWasFirst(answer.decision, status !== 410 && !this.choice.withReason));
      this.onDecided();
    } else {
      // Jenkins's own answers have a message. Without one, this is a page of a proxy or of a login, or half an answer: the decision may
      // be on disk, unless the request itself was refused.
      const unknown = !answer.message && (status < 400 || status >= 500);
      this.refused(say(unknown ? "notice.unknown" : "notice.failed", answer.message || say("failed.status", status)));
    }
  }

  done({ decided = true, required, approvals = [] }) {
    const counts = say(`notice.${this.choice.path}`, place(this.approval));
    const missing = approvals.length < required
      ? `${say("person.count", approvals.length, required)}.`
      : say("notice.open");
    notice.textContent = decided ? counts : `${counts} ${missing}`;
    notice.hidden = false;
    this.dialog.close();
    notice.focus();
    this.onDecided();
  }

  /** Says why nothing was decided. The viewer may try again. */
  refused(text) {
    this.tell(text);
    this.letSend();
  }

  /** Says why this dialog cannot decide any more. */
  tooLate(text) {
    this.tell(text);
    this.asked.hidden = true;
    this.sends.forEach((send) => { send.hidden = true; });
    this.cancel.textContent = say("decide.close");
    this.cancel.focus();
  }

  tell(text) {
    this.alert.textContent = text;
    this.alert.hidden = false;
  }
}
