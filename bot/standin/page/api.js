// The stand-in's control API, and the stream that tells when its world changed.

import { h } from "./dom.js";

/** Ask the stand-in for something; a refusal becomes an Error with the stand-in's own words. */
export async function call(path, { method = "GET", body } = {}) {
  const json = body === undefined ? undefined : JSON.stringify(body);
  const headers = json === undefined ? {} : { "content-type": "application/json" };
  let answer;
  try {
    answer = await fetch(`/standin/${path}`, { method, body: json, headers, cache: "no-store" });
  } catch {
    throw new Error("The stand-in does not answer. Is it still running?");
  }
  const told = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(told?.error || `The stand-in refused (${answer.status}).`);
  return told;
}

export const post = (path, body = {}) => call(path, { method: "POST", body });

/** Show an error in plain words at the foot of the page; it goes by itself or by its button. */
export function complain(error) {
  const place = document.getElementById("page-errors");
  const note = h("div", { class: "page-error", "data-testid": "page-error" }, h("p", {}, error.message));
  const gone = () => note.remove();
  note.append(h("button", { type: "button", on: { click: gone } }, "Dismiss"));
  place.append(note);
  while (place.children.length > 3) place.firstElementChild.remove();
  setTimeout(gone, 12000);
}

/** Post and show a refusal; returns the answer, or null when it was refused. */
export async function act(path, body, method = "POST") {
  try {
    return await call(path, { method, body: method === "DELETE" ? undefined : body });
  } catch (error) {
    complain(error);
    return null;
  }
}

/**
 * Follow the world: `onWorld(world)` for every change, `onState("live" | "lost")` for the connection.
 * Changes that come while one fetch is under way are answered by one more fetch, not by many.
 */
export function follow(onWorld, onState) {
  let busy = false;
  let again = false;
  let wait = 500;
  let source = null;

  async function refresh() {
    again = true;
    if (busy) return;
    busy = true;
    try {
      while (again) {
        again = false;
        const told = await call("world").catch(() => null);
        if (told) onWorld(told);
        else setTimeout(refresh, 1000); // The stream may still stand, and then nothing else would ask again.
        onState(told && source.readyState === EventSource.OPEN ? "live" : "lost");
      }
    } finally {
      busy = false;
    }
  }

  function connect() {
    source = new EventSource("/standin/events");
    source.addEventListener("world", refresh);
    source.addEventListener("open", () => {
      wait = 500;
      refresh();
    });
    source.addEventListener("error", () => {
      // The browser gives up for good after some refusals, so the page does its own reconnecting.
      source.close();
      onState("lost");
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, 8000);
    });
  }

  connect();
  return refresh;
}
