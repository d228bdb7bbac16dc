// Where words are written: sending, answering, editing, and what can be attached.

import { h, iconButton, say } from "./dom.js";
import { act, complain } from "./api.js";
import { actionSheet, field, formSheet } from "./sheet.js";
import { gist } from "./model.js";

const PLACES = [
  ["Dover, the harbour", 51.1279, 1.3134],
  ["London, Victoria coach station", 51.4952, -0.148],
  ["Cardiff, Central station", 51.4756, -3.179],
  ["Glasgow, George Square", 55.8612, -4.2502],
  ["Belfast, Lanyon Place", 54.5951, -5.917],
  ["Calais, the station", 50.953, 1.8506],
  ["Hà Nội, Hoàn Kiếm", 21.0285, 105.8542],
  ["The Channel, at sea", 50.95, 1.45],
];
const LARGEST_FILE = 20 * 1024 * 1024;

/** Read a file as base64; refuses what the stand-in would not hold. */
function readFile(file) {
  if (file.size > LARGEST_FILE) return Promise.reject(new Error("This file is larger than 20 MB."));
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => failed(new Error("This file cannot be read.")));
    reader.readAsDataURL(file);
  });
}

function grow(input) {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 120)}px`;
}

/**
 * Build a composer. `where()` tells {as, chat, thread} at the moment of sending.
 * Returns its form and how to start a reply or an edit.
 */
export function composer(prefix, phone, where, label) {
  let context = null;
  const input = h("textarea", {
    rows: 1,
    dir: "auto",
    "aria-label": label,
    placeholder: "Message",
    "data-testid": `${prefix}-input`,
    enterkeyhint: "send",
    autocomplete: "off",
    spellcheck: "false",
  });
  const words = h("p", { dir: "auto" });
  const cancel = iconButton("close", "Cancel", `${prefix}-context-cancel`, () => drop());
  const bar = h(
    "div",
    { class: "context", "data-testid": `${prefix}-context`, hidden: true, role: "status" },
    words,
    cancel,
  );
  const attach = iconButton("clip", "Attach a place or a file", `${prefix}-attach`, () => openAttach());
  const send = iconButton("send", "Send", `${prefix}-send`);
  send.type = "submit";
  const form = h(
    "form",
    { class: "composer" },
    bar,
    h("div", { class: "composer-row" }, attach, input, send),
  );

  function drop() {
    if (context?.kind === "edit") input.value = "";
    context = null;
    bar.hidden = true;
    grow(input);
    input.focus();
  }

  function take(kind, message) {
    context = { kind, message };
    say(words, `${kind === "edit" ? "Editing" : "Answering"}: ${gist(message)}`);
    bar.hidden = false;
    if (kind === "edit") input.value = message.text;
    grow(input);
    input.focus();
  }

  async function submit() {
    const text = input.value.trim();
    if (!text) return;
    const now = context;
    input.value = "";
    drop();
    const sent = now?.kind === "edit" ? await edit(text, now.message) : await post({ text }, now?.message);
    if (!sent && !input.value) input.value = text;
  }

  function edit(text, message) {
    const { as, chat } = where();
    return act("edit", { as, chat, message: message.id, text });
  }

  function post(content, answered) {
    return act("send", { ...where(), ...content, reply_to: answered?.id ?? null });
  }

  async function sendFile(kind, file) {
    try {
      await post({ file: { kind, name: file.name, base64: await readFile(file) } });
    } catch (error) {
      complain(error);
    }
  }

  function pickFile(kind, accept, title) {
    const file = h("input", {
      type: "file",
      name: "file",
      accept,
      required: true,
      "data-testid": "file-input",
    });
    formSheet(phone, title, [field("File", file)], {
      save: "Send",
      testid: "file-send",
      run: () => sendFile(kind, file.files[0]),
    });
  }

  function pickPlace() {
    const share = (latitude, longitude) => post({ location: { latitude, longitude } });
    const number = (name, limit, testid) =>
      h("input", {
        name,
        type: "number",
        step: "any",
        min: -limit,
        max: limit,
        required: true,
        "data-testid": testid,
      });
    let close = () => {};
    const named = PLACES.map(([name, latitude, longitude]) =>
      h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: "sheet-action",
            "data-testid": "place",
            "data-place": name,
            on: {
              click: () => {
                close();
                share(latitude, longitude);
              },
            },
          },
          name,
        ),
      ),
    );
    close = formSheet(
      phone,
      "Share a location",
      [
        h("ul", { class: "sheet-actions" }, named),
        h(
          "div",
          { class: "pair" },
          field("Latitude", number("latitude", 90, "latitude")),
          field("Longitude", number("longitude", 180, "longitude")),
        ),
      ],
      {
        save: "Share these numbers",
        testid: "location-send",
        run: ({ latitude, longitude }) => share(Number(latitude), Number(longitude)),
      },
    );
  }

  function openAttach() {
    actionSheet(phone, "Send something else", [
      { icon: "pin", label: "Location", testid: "attach-location", run: pickPlace },
      {
        icon: "mic",
        label: "Voice message from a file",
        testid: "attach-voice",
        run: () => pickFile("voice", "audio/*,.ogg,.oga", "Send a voice message"),
      },
      {
        icon: "image",
        label: "Photo",
        testid: "attach-photo",
        run: () => pickFile("photo", "image/*", "Send a photo"),
      },
      {
        icon: "file",
        label: "Document",
        testid: "attach-document",
        run: () => pickFile("document", "", "Send a document"),
      },
    ]);
  }

  input.addEventListener("keydown", (event) => {
    // While an input method is choosing letters, Enter belongs to it.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && context) drop();
  });
  input.addEventListener("input", () => grow(input));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });

  return {
    form,
    post,
    pickPlace,
    reply: (message) => take("reply", message),
    edit: (message) => take("edit", message),
    reset: () => {
      context = null;
      bar.hidden = true;
      input.value = "";
      grow(input);
    },
  };
}
