// The world as the page sees it: one shape for what the stand-in tells, and questions about it. No elements here.

const IN_GROUP = new Set(["creator", "administrator", "member", "restricted"]);

/** Return a number for ids that come alone or inside an object. */
const idOf = (thing) => (thing && typeof thing === "object" ? (thing.id ?? thing.message_id) : thing) ?? null;

function reactionsOf(told) {
  const list = Array.isArray(told)
    ? told
    : Object.entries(told || {}).map(([emoji, users]) => ({ emoji, users }));
  const counted = new Map();
  for (const { emoji, user, users = [user] } of list) {
    const by = (Array.isArray(users) ? users : [users]).map(idOf);
    counted.set(emoji, [...(counted.get(emoji) || []), ...by]);
  }
  return [...counted].map(([emoji, by]) => ({ emoji, by }));
}

/** A button as Telegram writes it, or already in the page's own short form. */
const buttonOf = (told) => ({ ...told, data: told.data ?? told.callback_data ?? null });

/** Give every message of a chat the same fields. */
function readMessage(told) {
  const text = told.text || told.caption || "";
  const thread = told.thread && told.thread !== 1 ? told.thread : 0;
  return {
    ...told,
    text,
    thread,
    from: told.sender_chat ?? idOf(told.from),
    reply: idOf(told.reply_to),
    entities: told.entities || [],
    buttons: (told.buttons || []).map((row) => row.map(buttonOf)),
    kind: told.kind || "text",
    reactions: reactionsOf(told.reactions),
  };
}

/** Read a snapshot of the stand-in. */
export function readWorld(told) {
  const chats = new Map();
  for (const [id, chat] of Object.entries(told.chats || {})) {
    chats.set(Number(id), { messages: chat.messages.map(readMessage), typing: chat.typing || [] });
  }
  return { ...told, chats, users: told.users || [], groups: told.groups || [] };
}

export const messagesOf = (world, chat) =>
  world.chats.get(chat)?.messages.filter((one) => !one.deleted) || [];
export const userOf = (world, id) => world.users.find((user) => user.id === id) || null;
export const groupOf = (world, id) =>
  world.groups.find((group) => group.id === id) || world.groups[0] || null;
export const memberOf = (group, id) => group?.members.find((member) => member.id === id) || null;
export const isIn = (group, id) => IN_GROUP.has(memberOf(group, id)?.status);

/** The name shown for an id: a user, the bot, or a group that writes as itself. */
export function nameOf(world, id) {
  if (id === world.bot?.id) return world.bot.first_name || "Harbour";
  return userOf(world, id)?.first_name || world.groups.find((group) => group.id === id)?.title || "Someone";
}

/**
 * Sort users into the phones, remembering the first answer: someone who is removed from the group stays an
 * advocate, and a young person who is let into the group (as an attack would) is shown on both sides.
 */
export function sortRoles(world, roles) {
  const members = new Set(world.groups.flatMap((group) => group.members.map((member) => member.id)));
  for (const user of world.users) {
    if (user.id === world.bot?.id || user.is_bot || roles.has(user.id)) continue;
    roles.set(user.id, members.has(user.id) ? "advocate" : "person");
  }
}

export const peopleOf = (world, roles) => world.users.filter((user) => roles.get(user.id) === "person");

export function advocatesOf(world, roles) {
  return world.users
    .filter((user) => roles.get(user.id) === "advocate" || world.groups.some((group) => isIn(group, user.id)))
    .filter((user) => user.id !== world.bot?.id);
}

/** Topics of a group with General first, then the latest words first; each with its last message. */
export function topicsOf(world, group) {
  const messages = messagesOf(world, group.id);
  const last = new Map(messages.map((message) => [message.thread, message]));
  const topics = (group.topics || []).filter((topic) => !topic.deleted && topic.thread > 1);
  const known = topics.map((topic) => ({ ...topic, last: last.get(topic.thread) || null }));
  known.sort((a, b) => (b.last?.id || b.thread) - (a.last?.id || a.thread));
  const told = (group.topics || []).find(
    (topic) => topic.thread === 1 || topic.thread === 0 || topic.thread === null,
  );
  return [{ name: "General", closed: false, ...told, thread: 0, last: last.get(0) || null }, ...known];
}

/** How many messages of others came after `seen`. */
export function unreadIn(world, chat, thread, reader, seen) {
  return messagesOf(world, chat).filter(
    (message) =>
      message.id > seen && message.from !== reader && !message.service && message.thread === thread,
  ).length;
}

/** Telegram's colour of a topic's icon as #rrggbb. */
export const colourOf = (topic) => `#${(topic.icon_color ?? 0x7a8a90).toString(16).padStart(6, "0")}`;

/** One line that stands for a message: in a list, in a reply, read aloud. */
export function gist(message) {
  if (message.service) return serviceText(message);
  if (message.text) return message.text;
  return (
    { location: "Location", voice: "Voice message", photo: "Photo", video: "Video" }[message.kind] || "File"
  );
}

/** Words for a service message, whether told as words or as Telegram's own object. */
export function serviceText(message) {
  const { service } = message;
  if (typeof service === "string") return SERVICE[service] ? SERVICE[service]({}) : service;
  const kind = service.kind || Object.keys(service)[0] || "";
  return SERVICE[kind] ? SERVICE[kind](service[kind] || service) : kind.replaceAll("_", " ");
}

const SERVICE = {
  forum_topic_created: ({ name }) => (name ? `Topic “${name}” was opened` : "The topic was opened"),
  forum_topic_edited: ({ name }) => (name ? `The topic is now called “${name}”` : "The topic was changed"),
  forum_topic_closed: () => "The topic was closed",
  forum_topic_reopened: () => "The topic was opened again",
  pinned_message: () => "A message was pinned",
  new_chat_members: () => "Someone joined the group",
  left_chat_member: () => "Someone left the group",
  migrate_to_chat_id: () => "The group moved to a new id",
  migrate_from_chat_id: () => "The group came from an older id",
};

/** How far the bot has come with a person's own message. */
export function tickOf(message) {
  if (message.confirmed) return "confirmed";
  return message.delivered ? "delivered" : "waiting";
}

export const clockTime = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
export const clockDay = (seconds) =>
  new Date(seconds * 1000).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" });
