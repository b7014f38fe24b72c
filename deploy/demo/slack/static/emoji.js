// Emoji: drawn here where we use them (a machine may have no emoji font), else the font's own.
import { h } from "./dom.js";

let known = {}, byCharacter = new Map(), character = /(?!)/g;
export function setEmoji(table) {
  known = table;
  const bare = Object.entries(table).map(([name, text]) => [text.replace("\ufe0f", ""), name]);
  byCharacter = new Map(bare);
  character = new RegExp(`(?:${bare.map(([text]) => text).sort((a, b) => b.length - a.length).join("|")})\ufe0f?`, "gu");
}

const disc = (color) => `<circle cx="10" cy="10" r="8.5" fill="${color}"/>`;
const tile = (color, inner) => `<rect x="1" y="1" width="18" height="18" rx="4" fill="${color}"/>${inner}`;
const stroke = (d, color = "#fff", width = 2.6) =>
  `<path d="${d}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
const letter = (text, size = 13) =>
  `<text x="10" y="${10 + size * 0.36}" font-family="sans-serif" font-weight="700" font-size="${size}" fill="#fff" text-anchor="middle">${text}</text>`;
const flag = (across, ...colors) => `<g>${colors.map((color, i) => across
  ? `<rect x="1" y="${4 + i * 4}" width="18" height="4.1" fill="${color}"/>`
  : `<rect x="${1 + i * 6}" y="4" width="6.1" height="12" fill="${color}"/>`).join("")}</g>`;

const DRAWN = {
  white_check_mark: tile("#2f9e44", stroke("M5.5 10.5 8.7 13.7 14.7 6.7")),
  heavy_check_mark: stroke("M4 10.5 8.3 15 16 5.5", "#2f9e44", 3),
  x: stroke("M5 5 15 15M15 5 5 15", "#e03131", 3.2),
  warning: `<path d="M10 2 19 17.500H1Z" fill="#f59f00" stroke="#f59f00" stroke-width="1.5" stroke-linejoin="round"/>${stroke("M10 7.500v4.500M10 15v.1", "#402c00", 2.2)}`,
  rotating_light: `<path d="M5 15V9.500a5 5 0 0 1 10 0V15Z" fill="#e03131"/><rect x="3" y="15" width="14" height="3" rx="1" fill="#868e96"/>${stroke("M10 1v1.500M3.2 3.500l1 1M16.8 3.500l-1 1", "#ff8787", 1.6)}`,
  no_entry: disc("#e03131") + `<rect x="5" y="8.5" width="10" height="3" rx=".8" fill="#fff"/>`,
  no_entry_sign: `<circle cx="10" cy="10" r="7.5" fill="none" stroke="#e03131" stroke-width="2.6"/>${stroke("M5 5 15 15", "#e03131", 2.6)}`,
  question: letter("?", 17).replace("#fff", "#e03131"),
  grey_question: letter("?", 17).replace("#fff", "#adb5bd"),
  exclamation: letter("!", 17).replace("#fff", "#e03131"),
  information_source: tile("#1c7ed6", letter("i")),
  bulb: `<path d="M10 2a5.5 5.5 0 0 0-3 10.100V14h6v-1.900A5.5 5.5 0 0 0 10 2Z" fill="#fcc419"/><rect x="7.2" y="14.8" width="5.6" height="3" rx="1" fill="#868e96"/>`,
  mag: `<circle cx="8.5" cy="8.5" r="5.3" fill="#d0ebff" stroke="#495057" stroke-width="2"/>${stroke("M12.7 12.7 17 17", "#495057", 2.8)}`,
  hourglass_flowing_sand: `<path d="M5 2.500h10v2L11 10l4 5.500v2H5v-2L9 10 5 4.500Z" fill="#ffe8cc" stroke="#a61e4d" stroke-width="1.3"/><path d="M7 15.5 10 12l3 3.500Z" fill="#f08c00"/>`,
  hourglass: `<path d="M5 2.500h10v2L11 10l4 5.500v2H5v-2L9 10 5 4.500Z" fill="#ffe8cc" stroke="#a61e4d" stroke-width="1.3"/>`,
  red_circle: disc("#e03131"), large_orange_circle: disc("#f76707"), large_yellow_circle: disc("#fcc419"),
  large_green_circle: disc("#37b24d"), large_blue_circle: disc("#1c7ed6"), large_purple_circle: disc("#9c36b5"),
  white_circle: `<circle cx="10" cy="10" r="8" fill="#f8f9fa" stroke="#adb5bd"/>`, black_circle: disc("#212529"),
  paperclip: stroke("M14.5 8.5 8.6 14.400a2.6 2.6 0 0 1-3.7-3.700l6.8-6.800a1.8 1.8 0 0 1 2.6 2.600l-6.3 6.3", "#868e96", 1.7),
  page_facing_up: `<path d="M4.5 2h7l4 4v12h-11Z" fill="#f1f3f5" stroke="#868e96"/>${stroke("M7 9.500h6M7 12h6M7 14.500h4", "#868e96", 1.2)}`,
  satellite_antenna: stroke("M4 7.500A7.5 7.5 0 0 0 13 16M8.5 11.5 13 7M7 17.500h6", "#1c7ed6", 1.9) + disc("#e03131").replace('cx="10" cy="10" r="8.5"', 'cx="14" cy="6" r="2.2"'),
  shield: `<path d="M10 1.5 17 4v5.500c0 4.5-3 7.3-7 9-4-1.7-7-4.5-7-9V4Z" fill="#1c7ed6"/>`,
  mag_right: `<circle cx="11.5" cy="8.5" r="5.3" fill="#d0ebff" stroke="#495057" stroke-width="2"/>${stroke("M7.3 12.7 3 17", "#495057", 2.8)}`,
  desktop_computer: `<rect x="1.5" y="3" width="17" height="11" rx="1.6" fill="#495057"/><rect x="3" y="4.5" width="14" height="8" fill="#74c0fc"/>${stroke("M10 14v3M6.5 17.3h7", "#868e96", 1.8)}`,
  globe_with_meridians: disc("#228be6") + stroke("M2 10h16M10 2c-5 5-5 11 0 16M10 2c5 5 5 11 0 16M3.8 5.8h12.4M3.8 14.200h12.4", "#d0ebff", 1.1),
  file_cabinet: `<rect x="3" y="1.5" width="14" height="17" rx="1.5" fill="#868e96"/><rect x="4.5" y="3.5" width="11" height="6" rx=".8" fill="#ced4da"/><rect x="4.5" y="11" width="11" height="6" rx=".8" fill="#ced4da"/>${stroke("M8.5 6.500h3M8.5 14h3", "#495057", 1.4)}`,
  eyes: [6, 14].map((x) => `<ellipse cx="${x}" cy="10" rx="3.6" ry="5.6" fill="#fff" stroke="#868e96"/><circle cx="${x - 0.8}" cy="11" r="2" fill="#343a40"/>`).join(""),
  electric_plug: `<path d="M6 8h8v3a4 4 0 0 1-8 0Z" fill="#495057"/>${stroke("M8 3.500v4M12 3.500v4M10 15v3.5", "#868e96", 2)}`,
  white_small_square: `<rect x="6" y="6" width="8" height="8" rx="1" fill="#f8f9fa" stroke="#adb5bd"/>`,
  raised_hand: stroke("M6 10V5.500M8.7 9V3.500M11.4 9V3.800M14 10V5.500M6 10c-2-1-3 .5-2 1.800L7 17h6l1.5-3.500V10", "#f59f00", 2.2),
  black_square_for_stop: tile("#1c7ed6", `<rect x="6" y="6" width="8" height="8" rx="1" fill="#fff"/>`),
  point_right: `<rect x="2" y="7.5" width="8" height="8" rx="3" fill="#fcc419"/>${stroke("M7 9.200h10", "#fcc419", 3.2)}`,
  de: flag(true, "#000", "#dd0000", "#ffce00"), fr: flag(false, "#0055a4", "#fff", "#ef4135"),
  it: flag(false, "#008c45", "#f4f5f0", "#cd212a"), ru: flag(true, "#fff", "#0039a6", "#d52b1e"),
  es: flag(true, "#c60b1e", "#ffc400", "#c60b1e"),
  ab: tile("#e03131", letter("AB", 10)), a: tile("#e03131", letter("A")), b: tile("#e03131", letter("B")),
  m: tile("#f76707", letter("M")), ok: tile("#1c7ed6", letter("OK", 9)), up: tile("#1c7ed6", letter("UP", 8)),
  cd: disc("#ced4da") + `<circle cx="10" cy="10" r="2.8" fill="#fff" stroke="#868e96"/><path d="M10 1.500A8.5 8.5 0 0 1 18.5 10H13a3 3 0 0 0-3-3Z" fill="#99e9f2"/>`,
};

export function emoji(name) {
  if (DRAWN[name]) {
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">${DRAWN[name]}</svg>`;
    const src = `data:image/svg+xml,${encodeURIComponent(drawing)}`;
    return h("img", { class: "emoji", alt: `:${name}:`, title: `:${name}:`, src });
  }
  return known[name] ? h("span", { class: "emoji", title: `:${name}:` }, known[name]) : `:${name}:`;
}

// Text with its known short names and emoji characters replaced. As in Slack this does not care what surrounds a
// short name: a MAC address that is not in a code span loses its octets to flags.
export function withEmoji(text) {
  const out = [];
  let at = 0, plain = "";
  const name = /:([a-z0-9_+'-]+)(?=:)/g;
  for (let match; (name.lastIndex = at, match = name.exec(text)); ) {
    plain += text.slice(at, match.index);
    if (known[match[1]]) {
      out.push(...withCharacters(plain), emoji(match[1]));
      plain = "";
      at = name.lastIndex + 1;
    } else {
      plain += match[0];
      at = name.lastIndex;
    }
  }
  return [...out, ...withCharacters(plain + text.slice(at))];
}

function withCharacters(text) {
  const out = [];
  let at = 0;
  for (const match of text.matchAll(character)) {
    out.push(text.slice(at, match.index), emoji(byCharacter.get(match[0].replace("\ufe0f", ""))));
    at = match.index + match[0].length;
  }
  return [...out, text.slice(at)];
}
