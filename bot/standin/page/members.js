// Who is in the advocates' group, with their rights, and how that can change.

import { h, reconcile } from "./dom.js";
import { act } from "./api.js";
import { isIn, nameOf } from "./model.js";
import { store } from "./store.js";

const STATUS = {
  creator: "Owner",
  administrator: "Administrator",
  member: "Member",
  restricted: "Restricted",
  left: "Has left",
  kicked: "Removed",
};

/** Rights come as a list of names or as {name: yes or no}; both end as plain words. */
function rightsOf(member) {
  const told = member.rights || [];
  const names = Array.isArray(told) ? told : Object.keys(told).filter((name) => told[name] === true);
  return names
    .filter((name) => name !== "is_anonymous")
    .map((name) => name.replace(/^can_/, "").replaceAll("_", " "));
}

function actionsFor(group, member) {
  if (!isIn(group, member.id)) return [["join", "Let in"]];
  const rank = member.status === "administrator" ? ["demote", "Demote"] : ["promote", "Promote"];
  if (member.status === "creator") return [];
  return [rank, ["leave", "Leaves"], ["kick", "Remove"]];
}

function memberRow(group, member) {
  const name = nameOf(store.world, member.id);
  const rights = rightsOf(member);
  const buttons = actionsFor(group, member).map(([action, words]) =>
    h(
      "button",
      {
        type: "button",
        class: "small",
        "data-testid": "member-action",
        "data-action": action,
        "data-focus": action,
        "aria-label": `${words}: ${name}`,
        on: { click: () => act("member", { chat: group.id, user: member.id, action }) },
      },
      words,
    ),
  );
  return h(
    "li",
    { class: "member", "data-testid": "member", "data-user": member.id, "data-status": member.status },
    h(
      "p",
      { class: "member-name" },
      h("strong", { dir: "auto" }, name),
      h("small", {}, STATUS[member.status] || member.status),
    ),
    rights.length ? h("p", { class: "member-rights" }, `May ${rights.join(", ")}`) : null,
    h("div", { class: "member-actions" }, buttons),
  );
}

/** The members' view; `draw(group)` shows it. */
export function memberView() {
  const list = h("ul", { class: "members", "aria-label": "Members" });
  const choice = h("select", { "aria-label": "Who joins", "data-testid": "member-join-select" });
  const join = h("button", { type: "submit", class: "primary", "data-testid": "member-join" }, "Join");
  const form = h("form", { class: "join" }, choice, join);
  const body = h("div", { class: "log" }, list, form);
  let shown = null;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (choice.value) act("member", { chat: shown.id, user: Number(choice.value), action: "join" });
  });

  function draw(group) {
    shown = group;
    reconcile(
      list,
      group.members.map((member) => ({
        key: member.id,
        sign: JSON.stringify([member, nameOf(store.world, member.id)]),
        build: () => memberRow(group, member),
      })),
    );
    const outside = store.world.users.filter(
      (user) => !group.members.some((member) => member.id === user.id),
    );
    const options = outside.map((user) => ({
      key: user.id,
      sign: user.first_name,
      build: () => h("option", { value: user.id }, user.first_name),
    }));
    reconcile(choice, options);
    form.hidden = !outside.length;
  }

  return { body, draw };
}
