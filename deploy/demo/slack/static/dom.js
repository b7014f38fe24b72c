// Elements without a framework: h("p", {class: "x"}, "text", child).
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Brings the container's children to `nodes` without touching those that stay, so that focus survives.
export function sync(container, nodes) {
  nodes.forEach((node, index) => {
    if (container.children[index] !== node) container.insertBefore(node, container.children[index] ?? null);
  });
  while (container.children.length > nodes.length) container.lastElementChild.remove();
}

export const $ = (id) => document.getElementById(id);

// One menu at a time, below its button; Escape, a click elsewhere or a choice closes it.
export function menu(anchor, items) {
  document.querySelector(".menu")?.remove();
  const close = () => { list.remove(); anchor.setAttribute("aria-expanded", "false"); };
  const list = h("div", { class: "menu", role: "menu", onkeydown: keys }, items.map(({ label, choose }) =>
    h("button", { role: "menuitem", onclick: () => { close(); choose(); } }, label)));
  function keys(event) {
    const all = [...list.children], at = all.indexOf(document.activeElement);
    if (event.key === "Escape") { close(); anchor.focus(); }
    else if (event.key === "ArrowDown") all[(at + 1) % all.length].focus();
    else if (event.key === "ArrowUp") all[(at - 1 + all.length) % all.length].focus();
    else return;
    event.preventDefault();
  }
  const box = anchor.getBoundingClientRect();
  document.body.append(list);
  list.style.left = `${Math.min(box.left, innerWidth - list.offsetWidth - 12)}px`;
  list.style.top = `${Math.min(box.bottom + 4, innerHeight - list.offsetHeight - 12)}px`;
  anchor.setAttribute("aria-expanded", "true");
  list.firstElementChild?.focus();
  setTimeout(() => document.addEventListener("click", close, { once: true }));
}
