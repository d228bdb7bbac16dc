// Joins the parts: the stream of the world, the two phones, the controls, and the switch for small screens.

import { complain, follow } from "./api.js";
import { arrows, h, say, mark } from "./dom.js";
import { advocatePhone } from "./advocate.js";
import { controlPanel } from "./controls.js";
import { clockTime, readWorld, sortRoles } from "./model.js";
import { personPhone } from "./person.js";
import { showAlert } from "./sheet.js";
import { dropStale, onChange, store, update } from "./store.js";

const CONNECTION = { waiting: "Connecting…", live: "Live", lost: "Not connected; trying again" };

const announcer = document.getElementById("announcer");
const switches = [...document.querySelectorAll(".switch [data-show]")];
let lastAlert = null;

/** Read words aloud; a paragraph each, so that equal messages are read twice. */
function announce(words) {
  announcer.append(h("p", { dir: "auto" }, words));
  while (announcer.children.length > 5) announcer.firstElementChild.remove();
}

const person = personPhone(document.getElementById("person"), announce);
const advocate = advocatePhone(document.getElementById("advocate"), announce);
const controls = controlPanel(document.getElementById("controls"));

function showPart(shown) {
  document.body.dataset.shown = shown;
  update({ shown });
}

function drawSwitch() {
  document.body.dataset.shown = store.shown;
  for (const button of switches) {
    const chosen = button.dataset.show === store.shown;
    mark(button, "aria-selected", String(chosen));
    button.tabIndex = chosen ? 0 : -1;
    const side = document.getElementById(button.dataset.show);
    button.querySelector(".dot").hidden = chosen || !side.querySelector(".badge:not([hidden])");
  }
}

function drawClocks() {
  const now = store.world.clock ?? store.world.now ?? Date.now() / 1000;
  for (const { clock } of [person, advocate]) say(clock, clockTime(now));
}

/** Show the bot's answers to buttons on the phone of the one who pressed, if that one holds a phone now. */
function showAlerts(alerts = []) {
  const fresh =
    lastAlert === null ? [] : alerts.slice(alerts.findLastIndex((one) => one.query === lastAlert) + 1);
  lastAlert = alerts.at(-1)?.query ?? "";
  for (const answer of fresh) {
    if (!answer.text) continue;
    if (answer.user === store.person) showAlert(person.phone, answer);
    if (answer.user === store.advocate) showAlert(advocate.phone, answer);
  }
}

function showConnection(state) {
  const node = document.querySelector(".connection");
  node.dataset.state = state;
  say(node, CONNECTION[state]);
}

onChange(person.draw);
onChange(advocate.draw);
onChange(controls.draw);
onChange(drawSwitch);
onChange(drawClocks);

for (const button of switches) button.addEventListener("click", () => showPart(button.dataset.show));
arrows(document.querySelector(".switch"), "[role=tab]", {
  keys: ["ArrowLeft", "ArrowRight"],
  pick: (tab) => tab.click(),
});
document.body.dataset.shown = store.shown;

follow((told) => {
  const world = readWorld(told);
  sortRoles(world, store.roles);
  dropStale(world);
  try {
    update({ world });
    showAlerts(world.alerts);
  } catch (error) {
    complain(new Error("This page stumbled; please load it again."));
    throw error;
  }
}, showConnection);
