// Block Kit to DOM. `press(block, element, option)` is called for whatever a person presses or chooses.
import { h, menu } from "./dom.js";
import { emoji } from "./emoji.js";
import { link, markdown, mention, mrkdwn, plainText } from "./mrkdwn.js";
import { ask } from "./dialogs.js";

const text = (object) => (object.type === "mrkdwn" ? mrkdwn(object.text) : plainText(object.text));

function picture(object, css) {
  const id = object.slack_file?.id ?? object.slack_file?.url?.split("/").at(-2);
  if (id) return h("img", { class: css, alt: object.alt_text, src: `/page/file/${id}` });
  return h("span", { class: `${css} unloaded`, title: "Pictures from outside are not loaded here" }, object.alt_text);
}

function button(block, element, press) {
  const run = async (event) => {
    if (element.confirm && !(await ask(element.confirm))) return;
    event.target.closest("button").classList.add("busy");
    if (element.url) open(element.url, "_blank", "noreferrer");
    await press(block, element);
  };
  const css = `button ${element.style ?? ""}`;
  return h("button", { class: css, "aria-label": element.accessibility_label, "data-action": element.action_id, onclick: run },
    plainText(element.text.text));
}

function overflow(block, element, press) {
  const choose = (option) => async () => {
    if (element.confirm && !(await ask(element.confirm))) return;
    press(block, element, option);
  };
  const items = element.options.map((option) => ({ label: plainText(option.text.text), choose: choose(option) }));
  return h("button", {
    class: "button more", "aria-label": "More actions", "aria-haspopup": "menu", "data-action": element.action_id,
    onclick: (event) => { event.stopPropagation(); menu(event.currentTarget, items); },
  }, "⋯");
}

function select(block, element, press) {
  const options = element.options ?? [];
  const first = element.initial_option?.value;
  return h("select", {
    class: "button", "aria-label": element.placeholder?.text ?? "Choose", "data-action": element.action_id,
    onchange: (event) => press(block, element, options[event.target.selectedIndex - 1]),
  }, h("option", { disabled: true, selected: !first }, element.placeholder?.text ?? "Choose"),
  options.map((option) => h("option", { value: option.value, selected: option.value === first }, option.text.text)));
}

function element(block, item, press) {
  const make = { button, overflow, static_select: select }[item.type];
  return make ? make(block, item, press) : picture(item, "accessory");
}

function piece(item) {
  const style = item.style ?? {};
  let node;
  switch (item.type) {
    case "text": node = h("span", {}, item.text); break;
    case "link": node = link(item.url, item.text ?? item.url); break;
    case "emoji": node = emoji(item.name); break;
    case "user": node = mention(item.user_id); break;
    case "channel": node = mention(item.channel_id, "#"); break;
    case "broadcast": node = h("span", { class: "mention loud" }, `@${item.range}`); break;
    case "date": node = h("span", {}, item.fallback ?? new Date(item.timestamp * 1000).toLocaleString()); break;
    default: node = h("span", {}, item.value ?? "");
  }
  for (const [mark, tag] of [["code", "code"], ["bold", "b"], ["italic", "i"], ["strike", "s"]]) {
    if (style[mark]) node = h(tag, {}, node);
  }
  return node;
}

const pieces = (list) => list.map(piece);
function richPart(part) {
  if (part.type === "rich_text_preformatted") return h("pre", {}, pieces(part.elements));
  if (part.type === "rich_text_quote") return h("blockquote", {}, pieces(part.elements));
  if (part.type !== "rich_text_list") return h("div", { class: "rich" }, pieces(part.elements));
  const list = h(part.style === "ordered" ? "ol" : "ul", { class: `indent-${part.indent ?? 0}`, start: part.offset ? String(part.offset + 1) : null });
  list.append(...part.elements.map((item) => h("li", {}, pieces(item.elements))));
  return list;
}

const richText = (block) => h("div", { class: "mrkdwn" }, block.elements.map(richPart));

function cell(tag, item, column) {
  const inner = item.type === "rich_text" ? richText(item) : (item.text ?? String(item.value ?? ""));
  return h(tag, { class: `to-${column?.align ?? "left"}${column?.is_wrapped ? " wrapped" : ""}` }, inner);
}

function table(block) {
  const row = (items, tag) => h("tr", {}, items.map((item, at) => cell(tag, item, block.column_settings?.[at])));
  const [head, ...rest] = block.rows;
  return h("div", { class: "table" }, h("table", {}, h("thead", {}, row(head, "th")), h("tbody", {}, rest.map((items) => row(items, "td")))));
}

function task(block) {
  return h("div", { class: `task ${block.status}` },
    h("span", { class: "status", role: "img", "aria-label": block.status.replace("_", " ") }),
    h("div", {}, h("div", { class: "task-title" }, block.title), block.details && richText(block.details), block.output && richText(block.output)));
}

const KINDS = {
  header: (block) => h("h3", {}, plainText(block.text.text)),
  divider: () => h("hr"),
  section: (block, press) => h("div", { class: "section" },
    h("div", { class: "words" }, block.text && text(block.text),
      block.fields && h("div", { class: "fields" }, block.fields.map((field) => h("div", {}, text(field))))),
    block.accessory && element(block, block.accessory, press)),
  context: (block) => h("div", { class: "context" }, block.elements.map((item) => item.type === "image" ? picture(item, "icon") : text(item))),
  actions: (block, press) => h("div", { class: "actions" }, block.elements.map((item) => element(block, item, press))),
  image: (block) => h("figure", {}, block.title && h("figcaption", {}, plainText(block.title.text)), picture(block, "picture")),
  rich_text: richText,
  markdown: (block) => markdown(block.text),
  table,
  alert: (block) => h("div", { class: `alert ${block.level ?? "default"}`, role: "note" }, text(block.text)),
  task_card: task,
  plan: (block) => h("div", { class: "plan" }, h("div", { class: "plan-title" }, block.title), (block.tasks ?? []).map(task)),
};

export function blocks(list, press) {
  return list.filter((block) => block.type !== "input").map((block) => {
    const make = KINDS[block.type];
    const node = make ? make(block, press) : h("div", { class: "unknown" }, `This page does not draw “${block.type}” blocks.`);
    node.classList.add("block");
    node.dataset.block = block.block_id;
    return node;
  });
}
