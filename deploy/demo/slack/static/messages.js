// One message as it stands in a channel or a thread.
import { h, menu } from "./dom.js";
import { emoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { blocks } from "./blocks.js";
import { act } from "./server.js";

export const clock = (ts) => new Date(parseFloat(ts) * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
export const day = (ts) => new Date(parseFloat(ts) * 1000).toLocaleDateString([], { weekday: "long", month: "long", day: "numeric" });

export function avatar(user, size = "") {
  if (user.is_bot && user.name !== "slackbot") return h("img", { class: `avatar ${size}`, src: "/static/app.svg", alt: "" });
  const letters = user.real_name.split(" ").map((word) => word[0]).join("").slice(0, 2);
  const node = h("span", { class: `avatar ${size}`, "aria-hidden": "true" }, letters);
  node.style.background = `#${user.color}`;
  return node;
}

function file(item) {
  const size = item.size > 1e6 ? `${(item.size / 1e6).toFixed(1)} MB` : item.size > 999 ? `${(item.size / 1e3).toFixed(1)} kB` : `${item.size} bytes`;
  if (item.previewed) {
    return h("figure", { class: "file-picture" }, h("figcaption", {}, item.title), h("img", { src: `/page/file/${item.id}`, alt: item.alt_txt || item.title }));
  }
  return h("a", { class: "file", href: `/page/file/${item.id}`, download: item.name },
    h("span", { class: "file-type" }, item.filetype.slice(0, 4) || "file"),
    h("span", {}, h("b", {}, item.title), h("small", {}, `${item.name} · ${size}`)));
}

function foot(message, context) {
  if (!message.reply_count || context.inThread) return null;
  const who = message.reply_users.slice(0, 4).map((id) => avatar(context.users.get(id), "tiny"));
  return h("button", { class: "replies", onclick: () => context.openThread(message) }, who,
    h("b", {}, `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`), h("span", {}, `Last reply ${clock(message.latest_reply)}`));
}

function hover(message, context) {
  if (message.is_ephemeral) return null;
  const shortcuts = context.shortcuts.filter((each) => each.type === "message").map((each) => ({
    label: each.name,
    choose: () => act("shortcut", { user: context.me, channel: context.channel, ts: message.ts, callback_id: each.callback_id }),
  }));
  return h("div", { class: "hover" },
    !context.inThread && h("button", { class: "plain", "aria-label": "Reply in thread", title: "Reply in thread", onclick: () => context.openThread(message) }, "↩"),
    shortcuts.length > 0 && h("button", { class: "plain", "aria-label": "More actions", title: "More actions", "aria-haspopup": "menu",
      onclick: (event) => { event.stopPropagation(); menu(event.currentTarget, shortcuts); } }, "⋯"));
}

// `follows`: the same person wrote the message before, moments ago, so the name is not repeated.
export function message(body, context, follows) {
  const user = context.users.get(body.user) ?? { real_name: body.user, name: body.user, color: "868e96" };
  const press = async (block, element, option) => {
    const answer = await act("press", { user: context.me, channel: context.channel, ts: body.ts, action_id: element.action_id, option: option?.value });
    root.querySelectorAll(".busy").forEach((each) => each.classList.remove("busy"));
    if (!answer.ok) root.querySelector(".failed-press").textContent = `⚠ ${context.appName} did not respond (${answer.error}).`;
  };
  const root = h("article", { class: `message ${follows ? "follows" : ""} ${body.is_ephemeral ? "ephemeral" : ""}`, "data-ts": body.ts, "aria-label": `${user.real_name}, ${clock(body.ts)}`, tabindex: "-1" },
    follows ? h("time", { class: "gutter" }, clock(body.ts)) : avatar(user),
    h("div", { class: "content" },
      body.is_ephemeral && h("p", { class: "only-you" }, h("span", { "aria-hidden": "true" }, "◉ "), "Only visible to you"),
      !follows && h("p", { class: "from" }, h("b", {}, user.real_name), user.is_bot && h("span", { class: "badge" }, "APP"), h("time", {}, clock(body.ts))),
      body.blocks ? blocks(body.blocks, press) : body.text && mrkdwn(body.text),
      body.edited && h("span", { class: "edited" }, "(edited)"),
      (body.files ?? []).map(file),
      h("p", { class: "failed-press", role: "alert" }),
      body.reactions && h("div", { class: "reactions" }, body.reactions.map((each) => h("span", { class: "reaction" }, emoji(each.name), ` ${each.count}`))),
      foot(body, context)),
    hover(body, context));
  return root;
}
