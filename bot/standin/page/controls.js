// The controls of the stand-in itself: queue, clock, limits, faults, odd updates, and the way back to the start.

import { h, reconcile, say } from "./dom.js";
import { act } from "./api.js";
import { groupOf, nameOf } from "./model.js";
import { faultForm } from "./faults.js";
import { forget, store } from "./store.js";

function button(words, testid, run, style = "small") {
  return h("button", { type: "button", class: style, "data-testid": testid, on: { click: run } }, words);
}

function block(title, hint, ...content) {
  return h(
    "section",
    { class: "block" },
    h("h3", {}, title),
    hint ? h("p", { class: "hint" }, hint) : null,
    ...content,
  );
}

function fact(label, testid) {
  const value = h("dd", { "data-testid": testid });
  return [value, h("div", {}, h("dt", {}, label), value)];
}

/** What is told about budgets: a list or {chat: {...}}; each ends as {chat, left, of, wait}. */
function budgetsOf(limits) {
  const told = limits?.chats ?? limits?.budgets ?? {};
  const list = Array.isArray(told) ? told : Object.entries(told).map(([chat, rest]) => ({ chat, ...rest }));
  return list.map(({ chat, left, remaining, of, capacity, wait, retry_after: after }) => ({
    chat: Number(chat),
    left: left ?? remaining ?? null,
    of: of ?? capacity ?? null,
    wait: wait ?? after ?? 0,
  }));
}

function budgetRow(budget) {
  const meter = h("meter", { min: 0, max: budget.of || 1, value: budget.left ?? 0, "aria-hidden": "true" });
  const words = budget.of ? `${Math.floor(budget.left)} of ${budget.of} left` : `${budget.left ?? "–"} left`;
  return h(
    "li",
    { "data-testid": "budget", "data-chat": budget.chat },
    h("span", { dir: "auto" }, nameOf(store.world, budget.chat)),
    meter,
    h("small", {}, budget.wait ? `${words}, wait ${Math.ceil(budget.wait)} s` : words),
  );
}

function resetButton() {
  const first = button("Reset everything", "reset", () => ask(true), "small danger");
  const sure = button(
    "Yes, back to the start",
    "reset-confirm",
    async () => {
      ask(false);
      if (await act("reset", {})) forget();
    },
    "danger solid",
  );
  const no = button("Keep it", "reset-keep", () => ask(false));
  const asked = h("div", { class: "row", hidden: true }, sure, no);
  function ask(open) {
    asked.hidden = !open;
    first.hidden = open;
    (open ? no : first).focus();
  }
  return h("div", {}, first, asked);
}

/** Build the controls inside `side`; returns how to draw them. */
export function controlPanel(side) {
  const [pending, pendingFact] = fact("Updates waiting", "queue-pending");
  const [mode, modeFact] = fact("The bot listens by", "queue-mode");
  const [clock, clockFact] = fact("Time here", "clock-now");
  const forward = (seconds) => () => act("clock", { advance: seconds });
  const limits = h(
    "button",
    {
      type: "button",
      class: "toggle",
      role: "switch",
      "aria-checked": "false",
      "data-testid": "limits-switch",
      on: {
        click: () =>
          act("limits", { profile: limits.getAttribute("aria-checked") === "true" ? "off" : "real" }),
      },
    },
    h("span", {}, "Telegram's rate limits"),
  );
  const budgets = h("ul", { class: "budgets", "aria-label": "Rate budget of each chat" });
  const faults = faultForm();
  const migrate = () => act("migrate", { chat: groupOf(store.world, store.group).id });

  side.append(
    h("h2", { id: "controls-heading" }, "Controls"),
    h("dl", { class: "facts" }, pendingFact, modeFact, clockFact),
    block(
      "Clock forward",
      null,
      h(
        "div",
        { class: "row" },
        button("1 minute", "clock-minute", forward(60)),
        button("1 hour", "clock-hour", forward(3600)),
        button("1 day", "clock-day", forward(86400)),
      ),
    ),
    block("Limits", null, limits, budgets),
    block("Faults", "What the bot meets when it calls next.", faults.form, faults.list),
    block(
      "Odd updates",
      "What a bot meets once a year.",
      h(
        "div",
        { class: "row" },
        button("Next update id jumps", "ids-jump", () => act("gap", {})),
        button("Send a broken update", "update-broken", () =>
          act("update", { raw: '{"update_id": 1, "message": ' }),
        ),
        button("Group gets a new id", "group-migrate", migrate),
      ),
    ),
    block("Start again", null, resetButton()),
    h(
      "p",
      { class: "hint" },
      "This is a stand-in for trying Harbour. It is not Telegram, it keeps everything in memory, and nothing leaves this machine.",
    ),
  );

  function draw() {
    const { queue = {}, limits: told = {}, faults: planned = [] } = store.world;
    const now = store.world.clock ?? store.world.now;
    say(pending, String(queue.pending ?? 0));
    say(mode, queue.webhook ? "webhook" : "fetching");
    say(
      clock,
      now ? new Date(now * 1000).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" }) : "–",
    );
    limits.setAttribute("aria-checked", String((told.profile ?? "off") !== "off"));
    reconcile(
      budgets,
      budgetsOf(told).map((budget) => ({
        key: budget.chat,
        sign: JSON.stringify([budget, nameOf(store.world, budget.chat)]),
        build: () => budgetRow(budget),
      })),
    );
    faults.draw(planned);
  }

  return { draw };
}
