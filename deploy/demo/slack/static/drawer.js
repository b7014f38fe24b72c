// The developer's drawer: API calls with their errors, envelopes with their ack times, sockets.
import { $, h, sync } from "./dom.js";

const entries = [];
let only = "all";

const time = (at) => new Date(at * 1000).toLocaleTimeString([], { hour12: false });

function row(entry) {
  const detail = entry.kind === "envelope"
    ? (entry.ack_ms === null ? entry.error : `ack ${entry.ack_ms} ms`) + (entry.attempt ? ` · retry ${entry.attempt}` : "")
    : entry.error ?? (entry.status ? String(entry.status) : entry.socket ? `socket ${entry.socket}` : "");
  const slow = entry.kind === "envelope" && entry.ack_ms > 1000;
  return h("details", { class: `entry ${entry.ok ? "" : "failed"} ${slow ? "slow" : ""}` },
    h("summary", {}, h("time", {}, time(entry.at)), h("span", { class: `kind ${entry.kind}` }, entry.kind),
      h("span", { class: "name" }, entry.name ?? ""), h("span", { class: "detail" }, detail)),
    entry.messages && h("ul", {}, entry.messages.map((words) => h("li", {}, words))),
    entry.payload && h("pre", {}, JSON.stringify(entry.payload, null, 2)));
}

function draw() {
  const wrong = entries.filter(({ entry }) => !entry.ok).length;
  $("developer").dataset.wrong = wrong ? String(wrong) : "";
  const list = $("drawer").querySelector(".entries");
  if (!list || $("drawer").hidden) return;
  sync(list, entries.filter(({ entry }) => only === "all" || (only === "errors" ? !entry.ok : entry.kind === only)).map(({ node }) => node).reverse());
}

export function note(entry) {
  entries.push({ entry, node: row(entry) });
  if (entries.length > 300) entries.shift();
  draw();
}

export function setup(log) {
  entries.length = 0;
  const pick = (name) => h("button", { class: "plain", "aria-pressed": String(name === only), onclick: (event) => {
    only = name;
    event.target.parentElement.querySelectorAll("button").forEach((each) => each.setAttribute("aria-pressed", String(each === event.target)));
    draw();
  } }, name);
  $("drawer").replaceChildren(
    h("header", {}, h("h2", {}, "Between Slack and the app"), h("div", { class: "picks" }, ["all", "envelope", "api", "socket", "errors"].map(pick))),
    h("div", { class: "entries" }));
  $("developer").onclick = () => {
    $("drawer").hidden = !$("drawer").hidden;
    $("developer").setAttribute("aria-expanded", String(!$("drawer").hidden));
    draw();
  };
  log.forEach(note);
}
