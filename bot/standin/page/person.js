// The young person's phone: who holds it, and their private chat with the bot.

import { h, iconButton, say, reconcile, arrows, rove } from "./dom.js";
import { act } from "./api.js";
import { chatView } from "./chat.js";
import { messagesOf, peopleOf, unreadIn, userOf } from "./model.js";
import { actionSheet, confirmSheet, field, formSheet } from "./sheet.js";
import { markSeen, seenUpTo, store, update } from "./store.js";

const LANGUAGES = ["am", "ar", "ckb", "en", "fa", "ps", "ro", "so", "sq", "ti", "vi", "zh-hans"];

/** Build the left phone inside `side`; returns how to draw it. */
export function personPhone(side, announce) {
  const where = () => ({ as: store.person, chat: store.person });
  const tabs = h("div", {
    class: "tabs",
    role: "tablist",
    "aria-label": "Young people",
    "data-testid": "person-select",
  });
  const add = iconButton("plus", "Add a young person", "person-add", () => addPerson());
  const clock = h("span", { class: "phone-clock" });
  const phone = h("div", { class: "phone", id: "person-phone", "data-testid": "person-phone" });
  const chat = chatView("person", phone, where, { label: "Messages with Harbour", announce });
  const start = h(
    "button",
    { type: "button", class: "start", "data-testid": "person-start", on: { click: () => begin() } },
    "Start",
  );
  const blocked = h("p", { class: "banner", "data-testid": "person-blocked", hidden: true, role: "status" });
  const empty = h(
    "div",
    { class: "empty" },
    h("p", {}, "Nothing has been written yet."),
    h("p", {}, "Press Start, or simply write."),
  );
  const menu = iconButton("more", "More about this chat", "person-menu", () => openMenu());

  const begin = (payload = "") => act("send", { ...where(), text: payload ? `/start ${payload}` : "/start" });

  function addPerson() {
    const name = h("input", {
      name: "first_name",
      required: true,
      maxlength: 64,
      autofocus: true,
      dir: "auto",
      "data-testid": "person-name",
    });
    const language = h("input", {
      name: "language_code",
      list: "languages",
      value: "vi",
      maxlength: 16,
      "data-testid": "person-language",
    });
    const list = h(
      "datalist",
      { id: "languages" },
      LANGUAGES.map((code) => h("option", { value: code })),
    );
    formSheet(
      phone,
      "Add a young person",
      [field("Name on the phone", name), field("Language of the phone (code)", language), list],
      {
        save: "Add",
        testid: "person-add-save",
        run: async (values) => {
          const user = await act("people", values);
          if (!user) return false;
          store.roles.set(user.id, "person");
          store.world.users.push(user);
          update({ person: user.id });
          return true;
        },
      },
    );
  }

  function deepLink() {
    const payload = h("input", {
      name: "payload",
      required: true,
      maxlength: 64,
      pattern: "[A-Za-z0-9_\\-]+",
      autofocus: true,
      "data-testid": "person-payload",
    });
    const hint = h("p", { class: "hint" }, "What stands after ?start= in a link: letters, digits, _ and -.");
    formSheet(phone, "Start from a link", [field("Payload", payload), hint], {
      save: "Start",
      testid: "person-payload-send",
      run: async (values) => (await begin(values.payload)) !== null,
    });
  }

  function openMenu() {
    const user = userOf(store.world, store.person);
    actionSheet(phone, "Harbour", [
      { icon: "start", label: "Start (/start)", testid: "person-start-again", run: () => begin() },
      { icon: "link", label: "Start from a link…", testid: "person-deep-link", run: deepLink },
      {
        icon: "block",
        label: user.blocked ? "Unblock the bot" : "Block the bot",
        testid: "person-block",
        danger: !user.blocked,
        run: () => act("block", { as: user.id, blocked: !user.blocked }),
      },
      {
        icon: "bin",
        label: "Delete this account…",
        testid: "person-delete-account",
        danger: true,
        run: deleteAccount,
      },
    ]);
  }

  function deleteAccount() {
    confirmSheet(
      phone,
      "Delete this account?",
      "Telegram will say that this person is gone. This cannot be taken back.",
      {
        save: "Delete the account",
        testid: "person-delete-account-yes",
        run: async () => (await act("delete_account", where())) !== null,
      },
    );
  }

  function tabItem(user) {
    const unread =
      user.id === store.person ? 0 : unreadIn(store.world, user.id, 0, user.id, seenUpTo(user.id, user.id));
    const chosen = user.id === store.person;
    return {
      key: user.id,
      sign: JSON.stringify([user, unread, chosen]),
      build: () =>
        h(
          "button",
          {
            type: "button",
            role: "tab",
            class: "tab",
            "aria-selected": String(chosen),
            "aria-controls": phone.id,
            tabindex: chosen ? 0 : -1,
            "data-testid": "person-tab",
            "data-user": user.id,
            on: { click: () => choose(user.id) },
          },
          h("span", { dir: "auto" }, user.first_name),
          h("small", {}, user.language_code || "–"),
          unread ? h("b", { class: "badge", "aria-label": `${unread} unread` }, unread) : null,
        ),
    };
  }

  function choose(id) {
    if (id === store.person) return;
    phone.querySelector(".sheet-layer")?.close();
    chat.compose.reset();
    update({ person: id });
  }

  function draw() {
    const people = peopleOf(store.world, store.roles);
    if (!people.some((user) => user.id === store.person)) store.person = people[0]?.id ?? null;
    reconcile(tabs, people.map(tabItem));
    rove(tabs, ".tab", tabs.querySelector("[aria-selected=true]"));
    const user = userOf(store.world, store.person);
    phone.classList.toggle("unused", !user);
    if (!user) return;
    const newest = chat.draw();
    if (store.shown === "person" || matchMedia("(min-width: 761px)").matches)
      markSeen(user.id, user.id, 0, newest);
    const none = !messagesOf(store.world, user.id).length;
    empty.hidden = !none;
    start.hidden = !none;
    blocked.hidden = !user.blocked && !user.deactivated;
    say(blocked, user.deactivated ? "This account was deleted." : "This person has blocked the bot.");
  }

  arrows(tabs, ".tab", { keys: ["ArrowLeft", "ArrowRight"], pick: (tab) => tab.click() });
  const title = h(
    "div",
    { class: "bar-title" },
    h("strong", {}, "Harbour"),
    h("small", {}, "bot"),
    chat.typing,
  );
  const bar = h(
    "div",
    { class: "bar" },
    h("span", { class: "avatar", "aria-hidden": "true" }, "H"),
    title,
    menu,
  );
  const screen = h(
    "div",
    { class: "screen" },
    h("div", { class: "status" }, clock, h("h2", { id: "person-heading" }, "Young person's phone")),
    bar,
    blocked,
    chat.log,
    empty,
    start,
    chat.compose.form,
  );
  phone.append(screen, h("div", { class: "toasts", role: "status" }));
  side.append(h("div", { class: "holder" }, h("div", { class: "holder-row" }, tabs, add)), phone);
  return { draw, phone, clock };
}
