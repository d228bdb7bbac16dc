// What slides over a phone: sheets of actions, small forms, alerts of the bot, and short toasts.

import { h, icon, iconButton, arrows } from "./dom.js";

const TOAST_MS = 4500;

/** Open a sheet over `phone` and keep the keyboard inside until it closes. Returns its close function. */
export function openSheet(phone, title, content, { testid = "sheet", role = "dialog" } = {}) {
  phone.querySelector(".sheet-layer")?.close();
  const screen = phone.querySelector(".screen");
  const opener = document.activeElement;
  const heading = h("h3", { id: `${phone.id}-sheet-title`, dir: "auto" }, title);
  const panel = h("div", {
    class: "sheet",
    role,
    "aria-modal": "true",
    "aria-labelledby": heading.id,
    "data-testid": testid,
  });
  const layer = h(
    "div",
    { class: "sheet-layer" },
    h("div", { class: "sheet-veil", on: { click: () => close() } }),
    panel,
  );

  function close() {
    layer.remove();
    screen.inert = false;
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    else phone.querySelector("textarea")?.focus({ preventScroll: true });
  }

  layer.close = close;
  layer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });
  panel.append(
    h("div", { class: "sheet-head" }, heading, iconButton("close", "Close", "sheet-close", close)),
    ...[content].flat(),
  );
  phone.append(layer);
  screen.inert = true;
  (
    panel.querySelector("[autofocus]") ||
    panel.querySelector(".sheet-action, input, select") ||
    panel.querySelector("button")
  ).focus();
  return close;
}

/** A list of actions, each {icon, label, testid, run, danger?, data?}; arrow keys walk it. */
export function actionList(actions, close) {
  const list = h("ul", { class: "sheet-actions" });
  for (const action of actions.filter(Boolean)) {
    const run = () => {
      close();
      action.run();
    };
    const style = action.danger ? "sheet-action danger" : "sheet-action";
    const props = {
      type: "button",
      class: style,
      "data-testid": action.testid,
      on: { click: run },
      ...action.data,
    };
    list.append(h("li", {}, h("button", props, icon(action.icon), h("span", {}, action.label))));
  }
  arrows(list, ".sheet-action");
  return list;
}

/** Open a sheet of actions. */
export function actionSheet(phone, title, actions, before = []) {
  let close = () => {};
  const list = actionList(actions, () => close());
  close = openSheet(phone, title, [...before, list]);
  return close;
}

/** Open a small form; `fields` are labelled elements, `run` gets its values and may return false to stay. */
export function formSheet(phone, title, fields, { save, testid, run }) {
  const submit = h("button", { type: "submit", class: "primary", "data-testid": testid }, save);
  const form = h("form", { class: "sheet-form" }, ...fields, submit);
  const close = openSheet(phone, title, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const stay = await run(Object.fromEntries(new FormData(form)));
    if (stay !== false) close();
  });
  return close;
}

/** A labelled field for formSheet. */
export function field(label, control) {
  return h("label", { class: "field" }, h("span", {}, label), control);
}

/** Ask before something that cannot be taken back. */
export function confirmSheet(phone, title, words, { save, testid, run }) {
  return formSheet(phone, title, [h("p", {}, words)], { save, testid, run });
}

/** Show what the bot answered to a button: an alert waits for OK, a toast goes by itself. */
export function showAlert(phone, { text, alert }) {
  if (alert) {
    let close = () => {};
    const ok = h(
      "button",
      { type: "button", class: "primary", "data-testid": "alert-ok", on: { click: () => close() } },
      "OK",
    );
    close = openSheet(phone, "Harbour says", [h("p", { class: "alert-text", dir: "auto" }, text), ok], {
      testid: "alert",
      role: "alertdialog",
    });
  } else toast(phone, text);
}

/** A short note inside the phone. */
export function toast(phone, text) {
  const note = h("p", { class: "toast", "data-testid": "toast", dir: "auto" }, text);
  phone.querySelector(".toasts").append(note);
  setTimeout(() => note.remove(), TOAST_MS);
}
