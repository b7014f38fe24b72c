// The page: who looks at which channel, and what the stream of changes does to it.
import { $, h, sync } from "./dom.js";
import { setEmoji } from "./emoji.js";
import { setNames } from "./mrkdwn.js";
import { blocks } from "./blocks.js";
import { modal } from "./dialogs.js";
import { composer } from "./composer.js";
import { avatar, day, message } from "./messages.js";
import { note, setup as setupDrawer } from "./drawer.js";
import { act, fetchState, listen } from "./server.js";

const asked = new URLSearchParams(location.search);
const seen = { users: new Map(), channels: new Map(), app: {}, home: null };
let me = asked.get("user") ?? "ana", at = asked.get("channel") ?? "inc-network", thread = null;
const unread = new Set(), drawn = new Map();

function context(inThread) {
  return { me, channel: at, users: seen.users, shortcuts: seen.app.shortcuts, appName: seen.app.name, inThread, openThread };
}

// Nodes are kept as long as what they show is the same.
function nodes(list, inThread) {
  let before = null;
  return list.flatMap((body) => {
    const newDay = !inThread && (!before || day(before.ts) !== day(body.ts));
    const follows = !newDay && before?.user === body.user && !before.is_ephemeral && !body.is_ephemeral && body.ts - before.ts < 300;
    before = body;
    const key = `${me}/${inThread}/${body.ts}`, shape = JSON.stringify([body, follows]);
    if (drawn.get(key)?.shape !== shape) drawn.set(key, { shape, node: message(body, context(inThread), follows) });
    const node = drawn.get(key).node;
    if (!newDay) return [node];
    const dayKey = `day/${day(body.ts)}/${at}`;
    if (!drawn.has(dayKey)) drawn.set(dayKey, { node: h("div", { class: "day", role: "separator" }, h("span", {}, day(body.ts))) });
    return [drawn.get(dayKey).node, node];
  });
}

// A list that was read to its end stays at its end, whatever is added or resized.
const ends = new WeakMap();
const stayAtEnd = new ResizeObserver((all) => all.forEach(({ target }) => { if (ends.get(target) ?? true) target.scrollTop = target.scrollHeight; }));
function watchEnd(box) {
  box.addEventListener("scroll", () => ends.set(box, box.scrollHeight - box.scrollTop - box.clientHeight < 80));
  box.addEventListener("load", () => { if (ends.get(box) ?? true) box.scrollTop = box.scrollHeight; }, true);
  stayAtEnd.observe(box);
}

function fill(box, list, inThread) {
  sync(box, nodes(list, inThread));
  if (ends.get(box) ?? true) box.scrollTop = box.scrollHeight;
}

const byTs = (list) => [...list].sort((a, b) => a.ts - b.ts);

function draw() {
  const channel = seen.channels.get(at);
  document.body.classList.toggle("at-home", !channel);
  drawSide();
  $("composer").hidden = !channel;
  if (!channel) return drawHome();
  $("title").replaceChildren(h("span", { class: "hash", "aria-hidden": "true" }, "#"), channel.name);
  $("topic").textContent = channel.topic.value;
  $("members").replaceChildren(...channel.member_ids.slice(0, 4).map((id) => avatar(seen.users.get(id), "tiny")));
  $("bookmarks").replaceChildren(...channel.bookmarks.map((each) => h("a", { href: each.link, rel: "noreferrer", target: "_blank" }, `🔖 ${each.title}`)));
  $("bookmarks").hidden = !channel.bookmarks.length;
  const all = byTs(channel.messages.values());
  fill($("messages"), all.filter((each) => !each.thread_ts || each.thread_ts === each.ts), false);
  document.title = `#${channel.name} · ${seen.team}`;
  drawThread(all);
}

function drawThread(all) {
  const pane = $("thread");
  pane.hidden = !thread;
  document.body.classList.toggle("in-thread", Boolean(thread));
  if (!thread) return;
  fill(pane.querySelector(".messages"), all.filter((each) => each.ts === thread || each.thread_ts === thread), true);
}

function openThread(parent) {
  thread = parent.thread_ts ?? parent.ts;
  const close = () => { thread = null; draw(); };
  $("thread").replaceChildren(
    h("header", { class: "bar" }, h("div", {}, h("h2", {}, "Thread"), h("p", {}, `#${seen.channels.get(at).name}`)),
      h("button", { class: "plain", "aria-label": "Close the thread", onclick: close }, "✕")),
    h("div", { class: "messages", role: "log", "aria-label": "Thread messages" }),
    box("Reply…", () => ({ user: me, channel: at, thread_ts: thread })));
  watchEnd($("thread").querySelector(".messages"));
  $("thread").onkeydown = (event) => { if (event.key === "Escape" && !event.defaultPrevented) close(); };
  draw();
  $("thread").querySelector("textarea").focus();
}

const box = (label, place) => composer({
  label, place, commands: () => seen.app.commands,
  names: () => [...seen.users.values()].map((user) => user.name).filter((name) => name !== "slackbot"),
});

function drawHome() {
  thread = null;
  $("thread").hidden = true;
  document.body.classList.remove("in-thread");
  $("title").replaceChildren(seen.app.name);
  $("topic").textContent = "Home";
  $("members").replaceChildren();
  $("bookmarks").hidden = true;
  const press = (block, element, option) => act("press", { user: me, view_id: seen.home.id, action_id: element.action_id, option: option?.value });
  const empty = h("p", { class: "empty" }, "The app has not published a home for you yet.");
  $("messages").replaceChildren(h("div", { class: "home" }, seen.home ? blocks(seen.home.blocks, press) : empty));
}

function drawSide() {
  const entry = (id, label, mark) => h("li", {}, h("button", {
    class: `${unread.has(id) ? "unread" : ""}`, "aria-current": at === id ? "page" : null, onclick: () => go(id),
  }, mark, label));
  const hash = () => h("span", { class: "hash", "aria-hidden": "true" }, "#");
  $("channels").replaceChildren(...[...seen.channels.values()].map((each) => entry(each.id, each.name, hash())));
  const app = seen.users.get(seen.app.user);
  $("apps").replaceChildren(entry("home", seen.app.name, avatar(app, "tiny")));
  $("my-avatar").replaceChildren(avatar(seen.users.get(me)));
}

async function go(id) {
  at = id;
  thread = null;
  unread.delete(id);
  $("messages").replaceChildren();
  if (id === "home") await act("home", { user: me });
  else {
    const label = `Message #${seen.channels.get(id).name}`;
    $("composer").replaceChildren(box(label, () => ({ user: me, channel: at })));
  }
  draw();
  if (id !== "home") $("messages").scrollTop = $("messages").scrollHeight;
}

let planned = false;
function drawSoon() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => { planned = false; draw(); });
}

const CHANGES = {
  message({ channel, message: body }) {
    const target = seen.channels.get(channel);
    if (channel !== at && !target.messages.has(body.ts)) unread.add(channel);
    target.messages.set(body.ts, body);
  },
  gone: ({ channel, ts }) => seen.channels.get(channel).messages.delete(ts),
  channel: ({ channel }) => Object.assign(seen.channels.get(channel.id), channel),
  home: ({ view }) => { seen.home = view; },
  modals: ({ stack }) => modal(me, stack),
  log: ({ entry }) => note(entry),
};

async function become(user) {
  const state = await fetchState(user);
  seen.users = new Map(state.users.map((each) => [each.id, each]));
  me = (state.users.find((each) => each.id === user || each.name === user) ?? state.users[0]).id;
  if (me !== user) return become(me);
  const { team, app } = state;
  Object.assign(seen, { team, app, home: state.home });
  seen.channels = new Map(state.channels.map((each) => [each.id, { ...each, messages: new Map(each.messages.map((body) => [body.ts, body])) }]));
  setEmoji(state.emoji);
  setNames(new Map([...state.users, ...state.channels].map((each) => [each.id, each.name])));
  setupDrawer(state.log);
  modal(me, state.stack);
  drawn.clear();
  $("team").textContent = team;
  $("me").replaceChildren(...state.users.filter((each) => !each.is_bot).map((each) => h("option", { value: each.id, selected: each.id === me }, each.real_name)));
  listen(me, state.revision, (change) => { CHANGES[change.kind]?.(change); if (change.kind !== "log") drawSoon(); });
  const known = [...seen.channels.values()].find((each) => each.id === at || each.name === at);
  await go(at === "home" ? "home" : (known ?? [...seen.channels.values()][0]).id);
  document.body.dataset.ready = "yes";
}

function theme(name) {
  if (name) document.documentElement.dataset.theme = name;
}

theme(localStorage.getItem("theme"));
$("theme").onclick = () => {
  const dark = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  theme(dark === "dark" ? "light" : "dark");
  localStorage.setItem("theme", document.documentElement.dataset.theme);
};
watchEnd($("messages"));
$("me").onchange = (event) => become(event.target.value);
become(me);
