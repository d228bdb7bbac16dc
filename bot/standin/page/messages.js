// The messages of one chat: bubbles, day marks, buttons, ticks. Shared by both phones.

import { h, icon, iconButton, reconcile, rove, arrows } from "./dom.js";
import { rich } from "./richtext.js";
import { clockDay, clockTime, gist, nameOf, serviceText, tickOf, userOf } from "./model.js";

const TICKS = {
  waiting: ["wait", "Waiting: the bot has not fetched it"],
  delivered: ["tick", "Delivered to the bot"],
  confirmed: ["ticks", "Confirmed by the bot"],
};
const FILES = {
  voice: ["mic", "Voice message"],
  audio: ["mic", "Sound"],
  photo: ["image", "Photo"],
  video: ["image", "Video"],
  video_note: ["image", "Video message"],
  sticker: ["image", "Sticker"],
  contact: ["people", "Contact"],
};

function attachment(message) {
  if (message.kind === "text" || message.kind === "service") return null;
  if (message.location) {
    const { latitude, longitude } = message.location;
    const words = `${Number(latitude).toFixed(4)}, ${Number(longitude).toFixed(4)}`;
    return h(
      "div",
      { class: "place" },
      h("div", { class: "place-map" }, icon("pin")),
      h("span", {}, `Location ${words}`),
    );
  }
  const [picture, words] = FILES[message.kind] || ["file", "File"];
  const name = message.file?.name || message.file_name;
  return h("div", { class: "file" }, icon(picture), h("span", {}, name ? `${words}: ${name}` : words));
}

function keyboard(message, chat) {
  if (!message.buttons.length) return null;
  const rows = message.buttons.map((row, at) =>
    h(
      "div",
      { class: "buttons-row" },
      row.map((button, column) =>
        h(
          "button",
          {
            type: "button",
            class: "bot-button",
            dir: "auto",
            tabindex: "-1",
            title: button.url || null,
            "data-testid": `${chat.prefix}-button`,
            "data-data": button.data,
            "data-focus": `button-${at}-${column}`,
            on: { click: (event) => chat.press(message, button, event.currentTarget) },
          },
          button.text,
        ),
      ),
    ),
  );
  return h("div", { class: "buttons", role: "group", "aria-label": "Buttons of this message" }, rows);
}

function tick(message, prefix) {
  const state = tickOf(message);
  const [picture, words] = TICKS[state];
  const props = { class: "tick", "data-testid": `${prefix}-tick`, "data-tick": state, title: words };
  return h("span", props, icon(picture), h("span", { class: "quiet" }, words));
}

function quote(message, chat) {
  const original = chat.all.get(message.reply);
  if (!original || original.service) return null;
  return h(
    "p",
    { class: "quote" },
    h("b", { dir: "auto" }, nameOf(chat.world, original.from)),
    h("span", { dir: "auto" }, gist(original)),
  );
}

/** Telegram names the heart without its colour mark; phones show it red. */
const coloured = (emoji) => (emoji === "❤" ? "❤\uFE0F" : emoji);

function reactions(message, prefix) {
  if (!message.reactions.length) return null;
  const each = message.reactions.map(({ emoji, by }) =>
    h(
      "span",
      { "data-testid": `${prefix}-reaction` },
      by.length > 1 ? `${coloured(emoji)} ${by.length}` : coloured(emoji),
    ),
  );
  return h("p", { class: "reactions", "aria-label": "Reactions" }, each);
}

function bubble(message, chat, { own, first }) {
  const name = nameOf(chat.world, message.from);
  const foot = h(
    "span",
    { class: "foot" },
    message.edited ? "edited " : "",
    h("time", {}, clockTime(message.date)),
    own ? tick(message, chat.prefix) : null,
  );
  const inside = [
    first && !own && chat.names ? h("p", { class: "sender", dir: "auto" }, name) : null,
    message.forward_from
      ? h("p", { class: "forwarded" }, `Forwarded from ${nameOf(chat.world, message.forward_from)}`)
      : null,
    quote(message, chat),
    attachment(message),
    message.text
      ? h(
          "p",
          { class: "text", "data-testid": `${chat.prefix}-text`, dir: "auto", lang: chat.lang(message) },
          rich(message.text, message.entities),
        )
      : null,
    foot,
  ];
  const more = iconButton(
    "more",
    `Actions for the message: ${gist(message).slice(0, 40)}`,
    `${chat.prefix}-more`,
    () => chat.open(message),
  );
  more.tabIndex = -1;
  more.dataset.focus = "more";
  return h(
    "li",
    {
      class: `message ${own ? "own" : "other"}${first ? " first" : ""}`,
      tabindex: "-1",
      "data-testid": `${chat.prefix}-message`,
      "data-message": message.id,
      "data-own": String(own),
      "data-kind": message.kind,
      "aria-label": `${own ? "You" : name}, ${clockTime(message.date)}: ${gist(message)}`,
      on: {
        keydown: (event) => openByKey(event, () => chat.open(message)),
        contextmenu: (event) => {
          event.preventDefault();
          chat.open(message);
        },
      },
    },
    h("div", { class: "line" }, h("div", { class: "bubble" }, inside), more),
    keyboard(message, chat),
    reactions(message, chat.prefix),
  );
}

function openByKey(event, open) {
  if (event.target !== event.currentTarget || event.key !== "Enter") return;
  event.preventDefault();
  open();
}

/** What reconcile needs for every message of a chat, with day marks between. */
function itemsOf(messages, chat) {
  const items = [];
  let day = "";
  let before = null;
  for (const message of messages) {
    const today = clockDay(message.date);
    if (today !== day)
      items.push({
        key: `day-${today}`,
        sign: today,
        build: () => h("li", { class: "day", role: "presentation" }, today),
      });
    const first = today !== day || before !== message.from;
    day = today;
    before = message.service ? null : message.from;
    if (message.service) {
      const words = serviceText(message);
      items.push({
        key: `m${message.id}`,
        sign: words,
        build: () => h("li", { class: "service", dir: "auto" }, words),
      });
      continue;
    }
    const own = message.from === chat.reader;
    const original = chat.all.get(message.reply);
    const sign = JSON.stringify([
      message,
      first,
      own,
      nameOf(chat.world, message.from),
      original && gist(original),
    ]);
    items.push({ key: `m${message.id}`, sign, build: () => bubble(message, chat, { own, first }) });
  }
  return items;
}

/** A log of messages; `show(chat, messages)` draws it and keeps it at its end if it was there. */
export function messageLog(prefix, label) {
  const list = h("ol", { class: "messages", "aria-label": label });
  const log = h("div", { class: "log", "data-testid": `${prefix}-log` }, list);
  const toEnd = () => (log.scrollTop = log.scrollHeight);
  let shownChat = null;
  let atEnd = true;
  log.addEventListener("scroll", () => (atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60));
  // The log shrinks when the writing place grows and appears when its view opens; its end stays in sight.
  new ResizeObserver(() => atEnd && toEnd()).observe(log);
  arrows(list, ".message");
  list.addEventListener("focusin", () => freeOnly(list));

  function show(chat, messages) {
    const moved = shownChat !== chat.key;
    const stay = moved || atEnd;
    if (moved) list.replaceChildren();
    shownChat = chat.key;
    reconcile(
      list,
      itemsOf(messages, { ...chat, prefix, all: new Map(messages.map((one) => [one.id, one])) }),
    );
    const active = list.querySelector(".message:focus-within");
    rove(list, ".message", active || [...list.querySelectorAll(".message")].at(-1));
    freeOnly(list);
    if (stay) toEnd();
  }

  return { log, show };
}

/** Only the buttons of the message that takes Tab take Tab too, so that a long chat is one stop, not hundreds. */
function freeOnly(list) {
  for (const message of list.querySelectorAll(".message")) {
    for (const button of message.querySelectorAll("button")) button.tabIndex = message.tabIndex;
  }
}

/** The language to tell a screen reader: the person's own for their words, unknown for others. */
export const languageOf = (world, id) => userOf(world, id)?.language_code || null;
