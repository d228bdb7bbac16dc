// Planned faults: which call goes wrong, how, and how often.

import { h, reconcile } from "./dom.js";
import { act } from "./api.js";
import { field } from "./sheet.js";

const METHODS = [
  ["*", "any call"],
  ["sendMessage", "sendMessage"],
  ["copyMessage", "copyMessage"],
  ["sendLocation", "sendLocation"],
  ["editMessageText", "editMessageText"],
  ["deleteMessage", "deleteMessage"],
  ["deleteMessages", "deleteMessages"],
  ["answerCallbackQuery", "answerCallbackQuery"],
  ["createForumTopic", "createForumTopic"],
  ["closeForumTopic", "closeForumTopic"],
  ["getUpdates", "getUpdates"],
  ["getMe", "getMe"],
];
const ACTIONS = [
  ["429", "429: too many requests"],
  ["500", "500: server error"],
  ["502", "502: bad gateway"],
  ["504", "504: gateway timeout"],
  ["401", "401: unauthorised"],
  ["404", "404: not found"],
  ["409", "409: another bot fetches"],
  ["lost_reply", "Done, but the reply is lost"],
  ["reset_before", "Connection cut before it is done"],
  ["reset_after", "Connection cut after it is done"],
  ["slow", "Slow, byte by byte"],
  ["broken_json", "Broken JSON"],
  ["half_body", "Half an answer"],
  ["refuse", "Connection refused"],
];

const options = (pairs) => pairs.map(([value, words]) => h("option", { value }, words));
const wordsOf = (action) => ACTIONS.find(([value]) => value === String(action))?.[1] || String(action);

function faultRow(fault) {
  const many = fault.left ?? fault.times ?? 1;
  const when = fault.nth ? `call no. ${fault.nth}` : `${many} ${many === 1 ? "time" : "times"}`;
  return h(
    "li",
    { "data-testid": "fault", "data-method": fault.method },
    h("strong", {}, fault.method === "*" ? "any call" : fault.method),
    h("span", {}, `${wordsOf(fault.action)}, ${when}`),
  );
}

/** The form that plans a fault, and the list of those planned. */
export function faultForm() {
  const method = h("select", { name: "method", "data-testid": "fault-method" }, options(METHODS));
  const action = h("select", { name: "action", "data-testid": "fault-action" }, options(ACTIONS));
  const times = h("input", {
    name: "times",
    type: "number",
    min: 1,
    max: 1000,
    value: 1,
    required: true,
    "data-testid": "fault-times",
  });
  const wait = h("input", {
    name: "retry_after",
    type: "number",
    min: 1,
    max: 86400,
    value: 5,
    required: true,
    "data-testid": "fault-wait",
  });
  const waitField = field("Retry after (s)", wait);
  const add = h("button", { type: "submit", class: "primary", "data-testid": "fault-add" }, "Add");
  const clear = h(
    "button",
    {
      type: "button",
      class: "small",
      hidden: true,
      "data-testid": "faults-clear",
      on: { click: () => act("faults", {}, "DELETE") },
    },
    "Clear all faults",
  );
  const rows = h("ul", { class: "faults", "aria-label": "Planned faults" });
  const form = h(
    "form",
    { class: "fault-form" },
    field("Call", method),
    field("What happens", action),
    field("Times", times),
    waitField,
    add,
  );

  function showWait() {
    waitField.hidden = action.value !== "429";
    wait.disabled = waitField.hidden;
  }

  action.addEventListener("change", showWait);
  showWait();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const plan = { method: method.value, action: action.value, times: Number(times.value) };
    act("faults", action.value === "429" ? { ...plan, retry_after: Number(wait.value) } : plan);
  });

  function draw(planned) {
    reconcile(
      rows,
      planned.map((fault, at) => ({ key: at, sign: JSON.stringify(fault), build: () => faultRow(fault) })),
    );
    clear.hidden = !planned.length;
  }

  return { form, list: h("div", {}, rows, clear), draw };
}
