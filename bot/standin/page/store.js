// What the page itself remembers: who holds each phone, which view is open, what has been read.

const KEPT = "harbour-standin-page";

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) || {};
  } catch {
    return {};
  }
}

const kept = recall();

export const store = {
  world: null,
  roles: new Map(kept.roles || []),
  seen: new Map(kept.seen || []),
  person: kept.person ?? null,
  advocate: kept.advocate ?? null,
  group: null,
  view: "topics",
  thread: 0,
  shown: kept.shown || "person",
};

const listeners = [];

/** Run `draw` now and after every change. */
export function onChange(draw) {
  listeners.push(draw);
}

/** Change what the page shows and draw it again. */
export function update(changes = {}) {
  Object.assign(store, changes);
  const { roles, seen, person, advocate, shown } = store;
  sessionStorage.setItem(
    KEPT,
    JSON.stringify({ roles: [...roles], seen: [...seen], person, advocate, shown }),
  );
  if (store.world) for (const draw of listeners) draw();
}

/** Forget everything about the old world; used with the stand-in's reset. */
export function forget() {
  store.roles.clear();
  store.seen.clear();
  update({ person: null, advocate: null, view: "topics", thread: 0 });
}

const key = (reader, chat, thread) => `${reader}/${chat}/${thread}`;

export const seenUpTo = (reader, chat, thread = 0) => store.seen.get(key(reader, chat, thread)) || 0;

/**
 * Forget what was read in a world that is no more: after a restart or a reset by someone else the ids begin anew.
 * Deleted messages stay listed, so within one world the newest id of a chat never falls.
 */
export function dropStale(world) {
  for (const [at, id] of store.seen) {
    const chat = world.chats.get(Number(at.split("/")[1]));
    if (id > (chat?.messages.at(-1)?.id ?? 0)) store.seen.delete(at);
  }
}

/** Remember that a reader saw a chat up to a message; says whether that is news. */
export function markSeen(reader, chat, thread, upTo) {
  if (upTo <= seenUpTo(reader, chat, thread)) return false;
  store.seen.set(key(reader, chat, thread), upTo);
  return true;
}
