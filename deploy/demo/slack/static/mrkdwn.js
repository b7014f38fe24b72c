// Slack's mrkdwn and the markdown block, to DOM nodes. Nothing is ever set as HTML.
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";

let names = new Map();
export const setNames = (table) => { names = table; };

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
export const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

export function link(url, label) {
  const safe = /^(https?:|mailto:)/.test(url);
  return safe ? h("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, label) : h("span", {}, label);
}

export const mention = (id, sign = "@") => h("span", { class: "mention" }, sign + (names.get(id) ?? id));

function reference(inner) {
  const [target, label] = inner.split("|");
  if (target[0] === "@") return mention(target.slice(1));
  if (target[0] === "#") return mention(target.slice(1), "#");
  if (target.startsWith("!date")) return label ?? target;
  if (target.startsWith("!subteam")) return h("span", { class: "mention" }, label ?? "@group");
  if (target[0] === "!") return h("span", { class: "mention loud" }, `@${target.slice(1)}`);
  return link(unescape(target), unescape(label ?? target));
}

const MARKS = [
  [/```([\s\S]+?)```/, (m) => h("pre", {}, unescape(m[1].replace(/^\n|\n$/g, "")))],
  [/`([^`\n]+)`/, (m) => h("code", {}, unescape(m[1]))],
  [/<([^<>\n]+)>/, (m) => reference(m[1])],
  [/(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])/, (m) => h("b", {}, inline(m[1]))],
  [/(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])/, (m) => h("i", {}, inline(m[1]))],
  [/(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])/, (m) => h("s", {}, inline(m[1]))],
];
const MARKDOWN = [
  MARKS[0],
  MARKS[1],
  [/\[([^\]\n]+)\]\(([^)\s]+)\)/, (m) => link(m[2], m[1])],
  [/\*\*(?=\S)(.+?)\*\*/, (m) => h("b", {}, inline(m[1], MARKDOWN))],
  [/(?<![\w*])\*(?=\S)([^*\n]+?)\*(?![\w*])/, (m) => h("i", {}, inline(m[1], MARKDOWN))],
  [/(?<![\w_])_(?=\S)([^_\n]+?)_(?![\w_])/, (m) => h("i", {}, inline(m[1], MARKDOWN))],
];

function inline(text, marks = MARKS) {
  let first = null, make = null;
  for (const [pattern, build] of marks) {
    const match = pattern.exec(text);
    if (match && (!first || match.index < first.index)) [first, make] = [match, build];
  }
  if (!first) return withEmoji(unescape(text));
  const after = text.slice(first.index + first[0].length);
  return [...withEmoji(unescape(text.slice(0, first.index))), make(first), ...inline(after, marks)];
}

export function mrkdwn(text) {
  const out = h("div", { class: "mrkdwn" });
  for (const part of text.split(/(```[\s\S]+?```|(?:^|\n)(?:&gt; ?[^\n]*(?:\n|$))+)/)) {
    if (/^\n?&gt;/.test(part)) {
      const quoted = part.trim().split("\n").map((line) => line.replace(/^&gt; ?/, "")).join("\n");
      out.append(h("blockquote", {}, inline(quoted)));
    } else if (part) out.append(...inline(part));
  }
  return out;
}

export const plainText = (text) => h("span", {}, withEmoji(unescape(text)));

export function markdown(text) {
  const out = h("div", { class: "mrkdwn markdown" });
  let list = null;
  for (const line of text.split("\n")) {
    const item = /^\s*(?:[-*]|(\d+)\.)\s+(.*)/.exec(line), head = /^(#{1,6})\s+(.*)/.exec(line);
    if (item) {
      list ??= out.appendChild(h(item[1] ? "ol" : "ul"));
      list.append(h("li", {}, inline(item[2], MARKDOWN)));
      continue;
    }
    list = null;
    if (head) out.append(h("h4", {}, inline(head[2], MARKDOWN)));
    else if (/^\s*---+\s*$/.test(line)) out.append(h("hr"));
    else if (line.startsWith("> ")) out.append(h("blockquote", {}, inline(line.slice(2), MARKDOWN)));
    else if (line) out.append(h("p", {}, inline(line, MARKDOWN)));
  }
  return out;
}
