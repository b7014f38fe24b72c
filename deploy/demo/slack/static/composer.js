// The box that people type into: hints for slash commands and names, files by button or drop.
import { h } from "./dom.js";
import { act, sendFile } from "./server.js";

export function composer({ label, place, commands, names }) {
  let hints = [], chosen = 0;
  const id = `hints-${Math.random().toString(36).slice(2)}`;
  const list = h("div", { class: "hints", role: "listbox", id, "aria-label": "Suggestions", hidden: true });
  const usage = h("div", { class: "usage", hidden: true });
  const box = h("textarea", { rows: "1", placeholder: label, "aria-label": label, "aria-controls": id, "aria-autocomplete": "list", oninput: typed, onkeydown: keys });
  const files = h("input", { type: "file", hidden: true, onchange: () => attach(files.files) });
  const send = h("button", { class: "send", "aria-label": "Send", title: "Send", onclick: submit }, "➤");
  const clip = h("button", { class: "plain", "aria-label": "Attach a file", title: "Attach a file", onclick: () => files.click() }, "+");
  const slash = h("button", { class: "plain", "aria-label": "Slash commands", title: "Slash commands",
    onclick: () => { box.value = "/"; box.focus(); typed(); } }, "/");
  const at = h("button", { class: "plain", "aria-label": "Mention", title: "Mention", onclick: () => { box.value += "@"; box.focus(); typed(); } }, "@");
  const root = h("div", { class: "composer", ondragover: (event) => event.preventDefault(),
    ondrop: (event) => { event.preventDefault(); attach(event.dataTransfer.files); } },
  list, usage, box, h("div", { class: "tools" }, clip, at, slash, h("span", { class: "keys" }, "Enter sends · Shift+Enter new line"), send), files);

  async function attach(all) {
    for (const file of all) await sendFile(file, { ...place(), text: box.value });
    box.value = "";
    files.value = "";
  }

  function suggestions() {
    if (/^\/[\w-]*$/.test(box.value)) {
      return commands().filter((each) => each.command.startsWith(box.value))
        .map((each) => ({ fill: `${each.command} `, name: each.command, hint: each.usage_hint ?? "", about: each.description ?? "" }));
    }
    const partial = /(?:^|\s)@([\w.-]*)$/.exec(box.value)?.[1];
    if (partial === undefined) return [];
    return names().filter((name) => name.startsWith(partial))
      .map((name) => ({ fill: `${box.value.slice(0, box.value.length - partial.length)}${name} `, name: `@${name}`, hint: "", about: "" }));
  }

  function typed() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
    hints = suggestions();
    chosen = 0;
    draw();
    const command = commands().find((each) => box.value.startsWith(`${each.command} `));
    usage.hidden = !command?.usage_hint;
    usage.replaceChildren(command ? h("b", {}, command.command) : "", ` ${command?.usage_hint ?? ""}`);
  }

  function draw() {
    list.hidden = !hints.length;
    list.replaceChildren(...hints.map((hint, index) => h("div", {
      role: "option", class: "hint", id: `${id}-${index}`, "aria-selected": String(index === chosen),
      onmousedown: (event) => { event.preventDefault(); take(index); },
    }, h("b", {}, hint.name), h("span", { class: "hint-usage" }, hint.hint), h("span", { class: "about" }, hint.about))));
    if (hints.length) box.setAttribute("aria-activedescendant", `${id}-${chosen}`);
    else box.removeAttribute("aria-activedescendant");
  }

  function take(index) {
    box.value = hints[index].fill;
    box.focus();
    typed();
  }

  function keys(event) {
    const exact = hints.some((hint) => hint.fill.trim() === box.value.trim());
    if (hints.length && (event.key === "Tab" || (event.key === "Enter" && !exact))) take(chosen);
    else if (hints.length && event.key === "ArrowDown") { chosen = (chosen + 1) % hints.length; draw(); }
    else if (hints.length && event.key === "ArrowUp") { chosen = (chosen - 1 + hints.length) % hints.length; draw(); }
    else if (event.key === "Escape" && hints.length) { hints = []; draw(); }
    else if (event.key === "Enter" && !event.shiftKey) submit();
    else return;
    event.preventDefault();
  }

  async function submit() {
    const text = box.value;
    if (!text.trim()) return;
    box.value = "";
    typed();
    await act("type", { ...place(), text });
  }

  return root;
}
