/* What is made anew keeps the focus and what was unfolded, so that whoever reads or tabs there can go on. */
import { focusAgain } from "./decide.js";

/** What is unfolded in an element, by `data-part`. */
export const unfoldedIn = (element) =>
  new Set([...element.querySelectorAll("details[open]")].map(({ dataset }) => dataset.part));

/** Unfolds what was unfolded before the element was made anew. */
export function unfold(element, unfolded) {
  element.querySelectorAll("details").forEach((each) => { each.open ||= unfolded.has(each.dataset.part); });
}

/** What leads back to what has the focus in an element, once that is replaced by the one that is made, or has its content made anew. */
export function focusIn(element, made = element) {
  const focused = document.activeElement;
  if (!focused || !element.contains(focused)) {
    return () => {};
  }
  const { decide, toggle } = focused.dataset;
  const part = focused.closest("[data-part]")?.dataset.part;
  const { href, id } = focused;
  return () => {
    if (decide) {
      focusAgain(decide);
    } else if (toggle) {
      made.querySelector("[data-toggle]")?.focus();
    } else if (part) {
      made.querySelector(`[data-part="${CSS.escape(part)}"] > summary`)?.focus();
    } else if (href) {
      [...made.querySelectorAll("a")].find((link) => link.href === href)?.focus();
    } else if (id) {
      document.getElementById(id)?.focus();
    }
  };
}

/** Elements that are made of values. What is made of a value that has not changed is left alone. */
export class Kept {
  /**
   * @param whole what they are in
   * @param make makes the element of a value, and the function that brings the times in it up to date
   */
  constructor(whole, make) {
    this.whole = whole;
    this.make = make;
    this.known = new Map(); // by the ids of the values: what they were, and what was made of them
  }

  show(values) {
    const all = values.map((value) => [value.id, this.of(value)]);
    arrange(this.whole, all.map(([, { made }]) => made));
    this.known = new Map(all);
  }

  /** What is made of a value; it takes the place of what was made of the value with this id before. */
  of(value) {
    const known = this.known.get(value.id);
    const madeOf = JSON.stringify(value);
    if (known?.madeOf === madeOf) {
      return known;
    }
    const result = { ...this.make(value), madeOf };
    if (known) {
      replace(known.made, result.made);
    }
    return result;
  }

  tick() {
    this.known.forEach(({ tick }) => tick?.());
  }
}

/** Puts these into an element, in this order. What is there already stays as it is. */
function arrange(whole, elements) {
  const shown = new Set(elements);
  [...whole.children].filter((each) => !shown.has(each)).forEach((each) => {
    const focusBack = focusIn(each);
    each.remove();
    focusBack();
  });
  elements.forEach((each, index) => {
    if (whole.children[index] !== each) {
      const focusBack = focusIn(each);
      whole.insertBefore(each, whole.children[index] ?? null);
      focusBack();
    }
  });
}

/** Puts what is made in the place of the old element. */
function replace(old, made) {
  const focusBack = focusIn(old, made);
  unfold(made, unfoldedIn(old));
  old.replaceWith(made);
  focusBack();
}
