// Formatted text: Telegram's entities (offsets in UTF-16 units, as in JavaScript strings) as elements.

import { h } from "./dom.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "code",
  blockquote: "q",
  expandable_blockquote: "q",
  spoiler: "mark",
};
const LINKS = new Set(["text_link", "url", "phone_number", "email"]);
const TAGGED = new Set(["mention", "bot_command", "hashtag"]);

function wrap(node, entity) {
  if (TAGS[entity.type]) return h(TAGS[entity.type], {}, node);
  // Links are shown, never followed: nothing leaves this machine.
  if (LINKS.has(entity.type)) return h("span", { class: "link", title: entity.url || null }, node);
  return h("span", { class: "tag" }, node);
}

/** Return nodes for `text`; overlapping entities nest. */
export function rich(text, entities = []) {
  const known = (entities || []).filter(({ type }) => TAGS[type] || LINKS.has(type) || TAGGED.has(type));
  const cuts = new Set([0, text.length]);
  for (const { offset, length } of known) {
    cuts.add(Math.min(text.length, offset));
    cuts.add(Math.min(text.length, offset + length));
  }
  const edges = [...cuts].sort((a, b) => a - b);
  return edges.slice(0, -1).map((from, at) => {
    const inside = known.filter((entity) => entity.offset <= from && entity.offset + entity.length > from);
    return inside.reduce(wrap, document.createTextNode(text.slice(from, edges[at + 1])));
  });
}
