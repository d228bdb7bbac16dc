// The advocate's phone: who holds it, the group with its topics and members, and the private chat with the bot.

import { h, icon, iconButton, say, reconcile } from "./dom.js";
import { chatView } from "./chat.js";
import { memberView } from "./members.js";
import { advocatesOf, groupOf, isIn, topicsOf, unreadIn } from "./model.js";
import { markSeen, seenUpTo, store, update } from "./store.js";
import { openNewTopic, openTopicMenu, topicList } from "./topics.js";

/** Build the right phone inside `side`; returns how to draw it. */
export function advocatePhone(side, announce) {
  const group = () => groupOf(store.world, store.group);
  const topic = () => topicsOf(store.world, group()).find((one) => one.thread === store.thread);
  const phone = h("div", { class: "phone", id: "advocate-phone", "data-testid": "advocate-phone" });
  const select = h("select", { id: "advocate-select", "data-testid": "advocate-select" });
  const inTopic = chatView(
    "topic",
    phone,
    () => ({ as: store.advocate, chat: group().id, thread: store.thread || null }),
    {
      label: "Messages of this topic",
      names: true,
      announce,
    },
  );
  const inPrivate = chatView("advocate", phone, () => ({ as: store.advocate, chat: store.advocate }), {
    label: "Private messages with Harbour",
    announce,
  });
  const topics = topicList();
  const members = memberView();

  const clock = h("span", { class: "phone-clock" });
  const back = iconButton("back", "Back to the topics", "advocate-back", () => goBack());
  const avatar = h("span", { class: "avatar", "aria-hidden": "true" });
  const name = h("strong", { "data-testid": "topic-title", dir: "auto" });
  const under = h("small", {});
  const plus = iconButton("plus", "New topic", "topic-new", () => openNewTopic(phone, group()));
  const crowd = iconButton("people", "Members", "members-open", () => update({ view: "members" }));
  const menu = iconButton("more", "More about this topic", "topic-menu", () =>
    openTopicMenu(phone, group(), topic()),
  );
  const closed = h(
    "p",
    { class: "banner", "data-testid": "topic-closed", hidden: true },
    icon("lock"),
    "This topic is closed.",
  );
  const outside = h(
    "p",
    { class: "banner", hidden: true, role: "status" },
    "This person is not in the group now.",
  );
  const tabs = ["group", "private"].map((view) =>
    h(
      "button",
      {
        type: "button",
        class: "segment",
        "data-testid": `advocate-${view}-view`,
        "data-view": view,
        on: { click: () => show(view === "group" ? "topics" : "private") },
      },
      h("span", {}, view === "group" ? "Group" : "Private chat"),
      h("b", { class: "badge", hidden: true }),
    ),
  );

  function show(view) {
    phone.querySelector(".sheet-layer")?.close();
    inTopic.compose.reset();
    inPrivate.compose.reset();
    update({ view });
  }

  function goBack() {
    const from = store.view === "topic" ? `.topic[data-thread="${store.thread}"]` : ".topic";
    show("topics");
    (phone.querySelector(from) || phone.querySelector(".topic"))?.focus();
  }

  function drawHolder(advocates) {
    reconcile(
      select,
      advocates.map((user) => ({
        key: user.id,
        sign: user.first_name,
        build: () => h("option", { value: user.id }, user.first_name),
      })),
    );
    select.value = String(store.advocate);
    const unread = {
      group: topicsOf(store.world, group()).reduce(
        (sum, one) =>
          sum +
          unreadIn(
            store.world,
            group().id,
            one.thread,
            store.advocate,
            seenUpTo(store.advocate, group().id, one.thread),
          ),
        0,
      ),
      private: unreadIn(
        store.world,
        store.advocate,
        0,
        store.advocate,
        seenUpTo(store.advocate, store.advocate),
      ),
    };
    for (const tab of tabs) {
      const chosen = (tab.dataset.view === "private") === (store.view === "private");
      const badge = tab.querySelector(".badge");
      tab.setAttribute("aria-pressed", String(chosen));
      badge.hidden = !unread[tab.dataset.view];
      say(badge, String(unread[tab.dataset.view]));
    }
  }

  function drawBar(now) {
    const count = now.members.filter((member) => isIn(now, member.id)).length;
    const people = `${count} members`;
    const [title, small] = {
      topics: [now.title, people],
      members: ["Members", now.title],
      private: ["Harbour", "bot"],
      topic: [topic()?.name || "", now.title],
    }[store.view];
    say(name, title);
    say(under, small);
    say(avatar, [...title.trim()][0] || "");
    back.hidden = store.view === "topics" || store.view === "private";
    avatar.hidden = !back.hidden;
    plus.hidden = crowd.hidden = store.view !== "topics";
    menu.hidden = store.view !== "topic" || !store.thread;
    closed.hidden = store.view !== "topic" || !topic()?.closed;
    outside.hidden = isIn(now, store.advocate) || store.view === "private";
  }

  function drawView(now) {
    const views = {
      topics: [topics.body],
      topic: [inTopic.log, inTopic.compose.form],
      members: [members.body],
      private: [inPrivate.log, inPrivate.compose.form],
    };
    for (const [view, nodes] of Object.entries(views))
      for (const node of nodes) node.hidden = view !== store.view;
    inTopic.typing.parentElement.hidden = store.view !== "topic";
    inPrivate.typing.parentElement.hidden = store.view !== "private";
    const visible = store.shown === "advocate" || matchMedia("(min-width: 761px)").matches;
    if (store.view === "topics") topics.draw(now);
    if (store.view === "members") members.draw(now);
    if (store.view === "topic") {
      const newest = inTopic.draw();
      if (visible) markSeen(store.advocate, now.id, store.thread, newest);
    }
    if (store.view === "private") {
      const newest = inPrivate.draw();
      if (visible) markSeen(store.advocate, store.advocate, 0, newest);
    }
  }

  function draw() {
    const advocates = advocatesOf(store.world, store.roles);
    if (!advocates.some((user) => user.id === store.advocate)) store.advocate = advocates[0]?.id ?? null;
    const now = group();
    phone.classList.toggle("unused", !now || store.advocate === null);
    if (!now || store.advocate === null) return;
    if (store.view === "topic" && !topic()) store.view = "topics";
    drawView(now);
    drawBar(now);
    drawHolder(advocates);
  }

  select.addEventListener("change", () => {
    update({ advocate: Number(select.value) });
    show(store.view === "topic" ? "topics" : store.view);
  });
  const typing = [inTopic, inPrivate].map((chat) => h("span", {}, chat.typing));
  const bar = h(
    "div",
    { class: "bar" },
    back,
    avatar,
    h("div", { class: "bar-title" }, name, under, typing),
    plus,
    crowd,
    menu,
  );
  const screen = h(
    "div",
    { class: "screen" },
    h("div", { class: "status" }, clock, h("h2", { id: "advocate-heading" }, "Advocate's phone")),
    bar,
    closed,
    outside,
    topics.body,
    members.body,
    inTopic.log,
    inTopic.compose.form,
    inPrivate.log,
    inPrivate.compose.form,
  );
  phone.append(screen, h("div", { class: "toasts", role: "status" }));
  const segments = h(
    "div",
    { class: "segments", role: "group", "aria-label": "What the advocate looks at" },
    tabs,
  );
  const holder = h(
    "div",
    { class: "holder-row" },
    h("label", { class: "quiet", for: select.id }, "Who holds this phone"),
    select,
    segments,
  );
  side.append(h("div", { class: "holder" }, holder), phone);
  return { draw, phone, clock };
}
