// A chat: log, typing sign, composer, and the actions on a message. The three chats of the page are made here.

import { h } from "./dom.js";
import { act } from "./api.js";
import { composer } from "./composer.js";
import { languageOf, messageLog } from "./messages.js";
import { memberOf, messagesOf, gist, nameOf } from "./model.js";
import { actionSheet, toast } from "./sheet.js";
import { store } from "./store.js";

const EMOJI = ["👍", "❤️", "🙏", "👀", "🤝", "👎"];
/** The heart comes back without its colour mark. */
const bare = (emoji = "") => emoji.replace("\uFE0F", "");
const TYPING_MS = 5000;

/** Which typing notes are new since the last look; each is shown five seconds, as Telegram does. */
function typingWatch(node) {
  let known = "";
  let timer = 0;
  return (notes, key) => {
    const sign = notes.length ? `${key}${JSON.stringify(notes)}` : "";
    if (sign === known) return;
    known = sign;
    clearTimeout(timer);
    node.hidden = !sign;
    if (sign) timer = setTimeout(() => (node.hidden = true), TYPING_MS);
  };
}

/**
 * Build a chat for one of the phones. `where()` tells {as, chat, thread} of what is shown now; `announce(words)`
 * reads a new message aloud.
 */
export function chatView(prefix, phone, where, { label, names = false, announce }) {
  const { log, show } = messageLog(prefix, label);
  const typing = h(
    "p",
    { class: "typing", "data-testid": `${prefix}-typing`, hidden: true },
    "Harbour is typing…",
  );
  const compose = composer(prefix, phone, where, label);
  const showTyping = typingWatch(typing);
  let heard = { key: null, id: 0 };

  function open(message) {
    const { as, chat } = where();
    const own = message.from === as;
    const rights = memberOf(
      store.world.groups.find((group) => group.id === chat),
      as,
    );
    const owner = own || ["creator", "administrator"].includes(rights?.status);
    const tell = (action, extra = {}) => act(action, { as, chat, message: message.id, ...extra });
    const mine = message.reactions.find(({ by }) => by.includes(as))?.emoji;
    let close = () => {};
    const faces = EMOJI.map((emoji) =>
      h(
        "button",
        {
          type: "button",
          class: "face",
          "data-testid": "action-react",
          "data-emoji": emoji,
          "aria-label": `React with ${emoji}`,
          "aria-pressed": String(bare(emoji) === bare(mine)),
          on: {
            click: () => {
              close();
              tell("react", { emoji: bare(emoji) === bare(mine) ? null : emoji });
            },
          },
        },
        emoji,
      ),
    );
    close = actionSheet(
      phone,
      gist(message).slice(0, 60),
      [
        { icon: "reply", label: "Reply", testid: "action-reply", run: () => compose.reply(message) },
        own &&
          message.kind === "text" && {
            icon: "edit",
            label: "Edit",
            testid: "action-edit",
            run: () => compose.edit(message),
          },
        owner && {
          icon: "bin",
          label: "Delete for everyone",
          testid: "action-delete",
          danger: true,
          run: () => tell("delete"),
        },
      ],
      [h("div", { class: "faces", role: "group", "aria-label": "React" }, faces)],
    );
  }

  async function press(message, button, node) {
    const { as, chat } = where();
    if (button.url) return toast(phone, `Would open ${button.url}. Nothing leaves this machine.`);
    if (button.request_location) return compose.pickPlace();
    if (!button.data) return compose.post({ text: button.text });
    node.setAttribute("aria-busy", "true");
    await act("press", { as, chat, message: message.id, data: button.data });
    node.removeAttribute("aria-busy");
  }

  function tellNew(messages, key) {
    const last = messages.at(-1)?.id || 0;
    const fresh =
      heard.key === key ? messages.filter((one) => one.id > heard.id && one.from !== where().as) : [];
    heard = { key, id: heard.key === key ? Math.max(heard.id, last) : last };
    if (fresh.some((one) => one.from === store.world.bot?.id)) typing.hidden = true;
    for (const message of fresh) {
      announce(message.service ? gist(message) : `${nameOf(store.world, message.from)}: ${gist(message)}`);
    }
  }

  /** Draw what `where()` points at; returns the newest id that is shown. */
  function draw() {
    const { as, chat, thread } = where();
    const key = `${as}/${chat}/${thread ?? ""}`;
    const mine = messagesOf(store.world, chat).filter(
      (one) => thread === undefined || one.thread === (thread || 0),
    );
    show(
      {
        key,
        world: store.world,
        reader: as,
        names,
        open,
        press,
        lang: (one) => languageOf(store.world, one.from),
      },
      mine,
    );
    const notes = store.world.chats.get(chat)?.typing || [];
    showTyping(
      notes.filter((note) => thread === undefined || (note.thread ?? 0) === (thread || 0)),
      key,
    );
    tellNew(mine, key);
    return mine.at(-1)?.id || 0;
  }

  return { log, typing, compose, draw };
}
