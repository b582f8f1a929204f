// The ground of all elements: nodes made of text only, style sheets without inline styles, labels, safe addresses.
const SCRIPT = document.currentScript;
const HOME = SCRIPT?.src ? new URL(SCRIPT.src).origin : location.origin;
const LANGUAGES = { zh: "简", "zh-Hant": "繁", en: "EN" };
const PHONE = matchMedia("(max-width: 640px)");

// make("p", {class: "x", onclick: f, "aria-label": "…"}, "text", node, null): strings become text, never markup.
function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

// A thumb, drawn: not every machine has a font for the sign.
function thumb(down) {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: down ? "icon down" : "icon", "aria-hidden": "true" })) icon.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M7 11v9H3v-9zm0 0 4-8c1.7 0 3 1.3 3 3v4h5.2c1.2 0 2.1 1.1 1.9 2.3l-1.2 6.4c-.1.8-.8 1.3-1.6 1.3H7");
  icon.append(path);
  return icon;
}

const sheets = new Map();
function sheet(name) {
  if (!sheets.has(name)) {
    const made = new CSSStyleSheet();
    made.replaceSync(STYLES[name] ?? "");
    sheets.set(name, made);
  }
  return sheets.get(name);
}

// A script that is named decides, whatever the region: zh-Hans-HK is Simplified; zh-SG is without one.
function languageOf(text) {
  const told = (text || "").toLowerCase().replaceAll("_", "-");
  if (/^(zh-(hant|tw|hk|mo)|yue)/.test(told)) return "zh-Hant";
  return told.startsWith("en") ? "en" : told.startsWith("zh") || !told ? "zh" : "en";
}

function labelsIn(language) {
  const words = LABELS[language] ?? LABELS.zh;
  return (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// The language tag a screen reader and the fonts go by.
const TAGS = { zh: "zh-CN", "zh-Hant": "zh-Hant", en: "en" };

// Chinese within an English text, as papers and places are called and quoted: told to be Chinese, to be read as such.
const CHINESE = /([《（「]?\p{Script=Han}(?:[\p{Script=Han}、，。；：？！《》（）「」“”0-9.,%-]*[\p{Script=Han}。；！？》）」])?)/u;
function tongues(text, language) {
  if (language !== "en" || !text) return [text ?? ""];
  return text.split(CHINESE).map((part, i) => (i % 2 ? make("span", { lang: TAGS.zh }, part) : part)).filter(Boolean);
}

// Only http and https lead anywhere; anything else (javascript:, data:) is no address.
function address(url) {
  try {
    const found = new URL(url);
    return ["http:", "https:"].includes(found.protocol) ? found.href : null;
  } catch {
    return null;
  }
}

function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}

// An element with a shadow root, the shared style and its own.
class Element extends HTMLElement {
  constructor(...styles) {
    super();
    this.attachShadow({ mode: "open", delegatesFocus: false }).adoptedStyleSheets = ["shared", ...styles].map(sheet);
  }

  get language() {
    return this.getAttribute("language") || "zh";
  }

  set language(value) {
    this.setAttribute("language", value);
    this.lang = TAGS[value] ?? value;
  }

  get say() {
    return labelsIn(this.language);
  }

  tell(type, detail, cancelable = false) {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable }));
  }
}

// Copying works over plain http too, where the clipboard is closed to pages.
async function copyText(text, root) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = make("textarea", { class: "unseen", readonly: true });
    box.value = text;
    root.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

function download(file, name, root) {
  const link = make("a", { href: URL.createObjectURL(file), download: name, hidden: true });
  root.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
