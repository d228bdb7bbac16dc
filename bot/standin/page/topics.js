// The advocates' group as a list of topics, and what can be done with a topic.

import { h, icon, reconcile, arrows, rove } from "./dom.js";
import { act } from "./api.js";
import { clockTime, colourOf, gist, nameOf, topicsOf, unreadIn } from "./model.js";
import { actionSheet, confirmSheet, field, formSheet } from "./sheet.js";
import { seenUpTo, store, update } from "./store.js";

function blob(topic) {
  const letter = topic.thread ? [...topic.name.trim()][0] || "?" : "#";
  const node = h("span", { class: "blob", "aria-hidden": "true" }, letter);
  node.style.setProperty("--topic", topic.thread ? colourOf(topic) : "#5d6f78");
  return node;
}

/** Who wrote last and what, apart, so that each keeps its own direction of writing. */
function preview(topic) {
  if (!topic.last) return ["", "No messages yet"];
  return [topic.last.service ? "" : `${nameOf(store.world, topic.last.from)}:`, gist(topic.last)];
}

function row(topic, unread) {
  const [author, words] = preview(topic);
  const spoken = [topic.name, topic.closed ? "closed" : "", unread ? `${unread} unread` : ""]
    .filter(Boolean)
    .join(", ");
  return h(
    "button",
    {
      type: "button",
      class: "topic",
      tabindex: "-1",
      "data-testid": "advocate-topic",
      "data-thread": topic.thread,
      "data-closed": String(Boolean(topic.closed)),
      "data-focus": "topic",
      "aria-label": `${spoken}. ${author} ${words}`,
      on: { click: () => update({ view: "topic", thread: topic.thread }) },
    },
    blob(topic),
    h(
      "span",
      { class: "topic-words" },
      h("strong", { dir: "auto" }, topic.name, topic.closed ? icon("lock") : null),
      h(
        "span",
        { class: "topic-last" },
        author ? h("bdi", {}, author) : null,
        h("span", { dir: "auto" }, words),
      ),
    ),
    h(
      "span",
      { class: "topic-side" },
      h("time", {}, topic.last ? clockTime(topic.last.date) : ""),
      unread ? h("b", { class: "badge", "data-testid": "topic-unread" }, unread) : null,
    ),
  );
}

/** The list of topics; `draw(group)` shows it for the advocate who holds the phone. */
export function topicList() {
  const list = h("ul", { class: "topics", "data-testid": "advocate-topics", "aria-label": "Topics" });
  const body = h("div", { class: "log" }, list);
  arrows(list, ".topic");

  function draw(group) {
    const items = topicsOf(store.world, group).map((topic) => {
      const unread = unreadIn(
        store.world,
        group.id,
        topic.thread,
        store.advocate,
        seenUpTo(store.advocate, group.id, topic.thread),
      );
      return {
        key: topic.thread,
        sign: JSON.stringify([topic, unread, preview(topic)]),
        build: () => h("li", {}, row(topic, unread)),
      };
    });
    reconcile(list, items);
    rove(list, ".topic", list.querySelector(".topic:focus"));
  }

  return { body, draw };
}

/** Ask the stand-in for a change of a topic, as the advocate who holds the phone. */
const change = (chat, action, more = {}) => act("topic", { as: store.advocate, chat, action, ...more });

function nameField(value = "") {
  return h("input", {
    name: "name",
    required: true,
    maxlength: 128,
    value,
    autofocus: true,
    dir: "auto",
    "data-testid": "topic-name",
  });
}

/** Ask for a name and open a topic. */
export function openNewTopic(phone, group) {
  formSheet(phone, "New topic", [field("Name", nameField())], {
    save: "Create",
    testid: "topic-create",
    run: async ({ name }) => (await change(group.id, "create", { name })) !== null,
  });
}

/** What can be done with the topic that is open. */
export function openTopicMenu(phone, group, topic) {
  const { thread, name, closed } = topic;
  const run = (action) => () => change(group.id, action, { thread });
  const rename = () =>
    formSheet(phone, "Rename the topic", [field("Name", nameField(name))], {
      save: "Rename",
      testid: "topic-rename-save",
      run: async (values) => (await change(group.id, "rename", { thread, name: values.name })) !== null,
    });
  const remove = () =>
    confirmSheet(phone, "Delete this topic?", "Its messages go with it, for everyone. The bot is not told.", {
      save: "Delete the topic",
      testid: "topic-delete-yes",
      run: async () => {
        if ((await change(group.id, "delete", { thread })) === null) return false;
        update({ view: "topics" });
        return true;
      },
    });
  actionSheet(phone, name, [
    closed
      ? { icon: "start", label: "Reopen", testid: "topic-reopen", run: run("reopen") }
      : { icon: "lock", label: "Close", testid: "topic-close", run: run("close") },
    { icon: "edit", label: "Rename…", testid: "topic-rename", run: rename },
    { icon: "bin", label: "Delete…", testid: "topic-delete", danger: true, run: remove },
  ]);
}
