/*
 * Shows times as the viewer writes them, and lets them decide on the page of a build, where they are asked. What has come of it is said
 * in place of the buttons.
 */
import { decisionButtons, notice } from "./decide.js";
import { page } from "./words.js";

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;

page.append(notice);
document.querySelectorAll(".armory-approvals__list :is(.armory-approvals__note, details li)").forEach((line) => {
  line.textContent = line.textContent.replace(TIME, (iso) => new Date(iso).toLocaleString());
});
document.querySelectorAll("[data-armory-approval]").forEach((place) => {
  const approval = JSON.parse(place.dataset.armoryApproval);
  // What is decided is not waiting any more, whatever the rest of its lines says; Jenkins does not bring this page up to date.
  place.replaceChildren(...decisionButtons(approval, (decided) => (decided ? place.closest("li") : place).remove()));
});
