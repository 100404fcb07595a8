/* Lets the viewer decide on the page of a build, where they are asked. What has come of it is said in place of the buttons. */
import { decisionButtons, notice } from "./decide.js";
import { page } from "./words.js";

page.append(notice);
document.querySelectorAll("[data-armory-approval]").forEach((place) => {
  const approval = JSON.parse(place.dataset.armoryApproval);
  // What is decided is not waiting any more, whatever the rest of its lines says; Jenkins does not bring this page up to date.
  place.replaceChildren(...decisionButtons(approval, (decided) => (decided ? place.closest("li") : place).remove()));
});
