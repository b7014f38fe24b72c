// Confirmation dialogs, and modals as the app opens them.
import { $, h } from "./dom.js";
import { plainText, mrkdwn } from "./mrkdwn.js";
import { blocks } from "./blocks.js";
import { act } from "./server.js";

export function ask(confirm) {
  return new Promise((answer) => {
    const done = (yes) => { dialog.close(); dialog.remove(); answer(yes); };
    const words = confirm.text.type === "mrkdwn" ? mrkdwn(confirm.text.text) : plainText(confirm.text.text);
    const dialog = h("dialog", { class: "confirm", "aria-label": confirm.title.text, oncancel: () => done(false) },
      h("header", {}, h("h2", {}, confirm.title.text)), h("div", { class: "body" }, words),
      h("footer", {},
        h("button", { class: "button", onclick: () => done(false) }, confirm.deny.text),
        h("button", { class: `button ${confirm.style ?? "primary"}`, onclick: () => done(true) }, confirm.confirm.text)));
    $("dialogs").append(dialog);
    dialog.showModal();
  });
}

function input(block) {
  const { element } = block, id = `in-${block.block_id}`, common = { id, name: element.action_id };
  const options = element.options ?? [];
  if (element.type === "static_select") {
    const first = element.initial_option?.value;
    const choice = (option) => h("option", { value: option.value, selected: option.value === first }, option.text.text);
    const groups = (element.option_groups ?? []).map((group) => h("optgroup", { label: group.label.text }, group.options.map(choice)));
    return h("select", common, h("option", { value: "" }, element.placeholder?.text ?? "Choose"), options.map(choice), groups);
  }
  if (element.type === "radio_buttons" || element.type === "checkboxes") {
    const type = element.type === "checkboxes" ? "checkbox" : "radio";
    const on = new Set((element.initial_options ?? [element.initial_option ?? {}]).map((option) => option.value));
    return h("div", { id, class: "choices" }, options.map((option) => h("label", {},
      h("input", { type, name: element.action_id, value: option.value, checked: on.has(option.value) }), plainText(option.text.text))));
  }
  const more = { placeholder: element.placeholder?.text, maxlength: element.max_length && String(element.max_length) };
  if (element.multiline) return h("textarea", { ...common, ...more, rows: "4" }, element.initial_value ?? "");
  const number = element.type === "number_input";
  return h("input", { ...common, ...more, type: number ? "number" : "text", value: element.initial_value ?? "", autocomplete: "off",
    min: element.min_value, max: element.max_value, step: number ? (element.is_decimal_allowed ? "any" : "1") : null });
}

function field(block) {
  return h("div", { class: "field", "data-field": block.block_id },
    h("label", { for: `in-${block.block_id}` }, block.label.text, block.optional && h("span", {}, " (optional)")),
    input(block), block.hint && h("p", { class: "hint" }, block.hint.text), h("p", { class: "wrong", role: "alert" }));
}

// Draws the modal on top of the person's stack; the blocks keep their order, inputs among them.
export function modal(user, stack) {
  document.querySelector("dialog.modal")?.remove();
  const view = stack.at(-1);
  if (!view) return;
  const press = (block, element, option) => act("press", { user, view_id: view.id, action_id: element.action_id, option: option?.value });
  const body = view.blocks.map((block) => block.type === "input" ? field(block) : blocks([block], press)[0]);
  const say = h("p", { class: "wrong", role: "alert" });
  const close = () => act("close", { user });
  const form = h("form", { novalidate: true, onsubmit: submit },
    h("header", {}, h("h2", {}, view.title.text), h("button", { type: "button", class: "plain", "aria-label": "Close", onclick: close }, "✕")),
    h("div", { class: "body" }, body, say),
    h("footer", {}, h("button", { type: "button", class: "button", onclick: close }, view.close?.text ?? "Cancel"),
      view.submit && h("button", { class: "button primary" }, view.submit.text)));
  async function submit(event) {
    event.preventDefault();
    const values = {};
    for (const [name, value] of new FormData(form)) {
      const many = form.querySelector(`[name="${CSS.escape(name)}"][type=checkbox]`);
      values[name] = many ? [...(values[name] ?? []), value] : value;
    }
    form.querySelectorAll(".wrong").forEach((each) => { each.textContent = ""; });
    const answer = await act("submit", { user, view_id: view.id, values });
    for (const [block, words] of Object.entries(answer.errors ?? {})) {
      form.querySelector(`[data-field="${CSS.escape(block)}"] .wrong`)?.append(words);
    }
    if (!answer.ok && !answer.errors) say.textContent = `We had some trouble connecting (${answer.error}). Try again?`;
  }
  const dialog = h("dialog", { class: "modal", "aria-label": view.title.text, oncancel: close }, form);
  $("dialogs").append(dialog);
  dialog.showModal();
}
