// One line in a page puts the widget there; its `data-` options stand in docs/chat.md. Several lines give several widgets.
const given = (value) => (value ?? "").split(",").map((part) => part.trim()).filter(Boolean);

function optionsOf(data) {
  const flag = (value) => value != null && !["0", "false", "no"].includes(value);
  return {
    site: data.site || null,
    position: data.position,
    greeting: data.greeting,
    title: data.title,
    theme: data.theme,
    language: data.language || null,
    open: flag(data.open),
    question: data.question,
    programmes: given(data.programmes),
    region: data.region,
    inline: data.target ? true : flag(data.inline),
    target: data.target,
    context: data.context || null,
    whole: location.origin === HOME && location.pathname === "/embed", // our page for an iframe
  };
}

// A site's token: fetched once, renewed before it runs out; without a site the public API is asked.
// `open()` gives what the site's own page needs to know of it.
function tokenOf(site, context) {
  let current = null;
  const fresh = async () => {
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(context ? { context } : {}), credentials: "omit" };
    const response = await fetch(`${HOME}/api/sites/${encodeURIComponent(site)}/token`, options);
    if (!response.ok) throw new Failed("refused", (await response.json().catch(() => ({}))).detail, { status: response.status });
    const given = await response.json();
    return { ...given, until: Date.now() + (given.expires_in - 20) * 1000 };
  };
  const open = async () => {
    if (!current || (await current.catch(() => ({ until: 0 }))).until < Date.now()) current = fresh();
    return current;
  };
  return Object.assign(async () => ({ Authorization: `Bearer ${(await open()).token}` }), { open });
}

function widget(options = {}) {
  const made = document.createElement("wence-widget");
  made.options = options;
  if (options.site) made.client = new Client(HOME, tokenOf(options.site, options.context));
  if (options.whole) document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet("embed")];
  const target = typeof options.target === "string" ? document.querySelector(options.target) : options.target;
  const place = () => (target ?? document.body).append(made);
  place();
  // A page that swaps its whole body (single-page navigation) must not lose the conversation.
  if (!target) {
    new MutationObserver(() => !made.isConnected && !made.gone && place()).observe(document.documentElement, { childList: true, subtree: false });
    new MutationObserver(() => !made.isConnected && !made.gone && place()).observe(document.body, { childList: true });
    for (const name of ["popstate", "turbo:load", "astro:page-load"]) addEventListener(name, () => setTimeout(() => !made.isConnected && !made.gone && place()));
  }
  return made;
}

// For host pages: wence.widget({…}) makes one more; wence.widgets are those there are.
const wence = (globalThis.wence ??= { widgets: [], widget: (options) => (wence.widgets.push(widget(options)), wence.widgets.at(-1)) });
if (SCRIPT && !SCRIPT.hasAttribute("data-manual")) {
  const options = optionsOf(SCRIPT.dataset);
  const begin = () => wence.widget(options);
  if (document.body && document.readyState !== "loading") begin();
  else addEventListener("DOMContentLoaded", begin, { once: true });
}
