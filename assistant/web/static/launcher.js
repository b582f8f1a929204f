// <wence-widget>: a button that opens a panel with the conversation; on a phone the panel fills the screen. The same
// element stands in the page itself with `inline`. Methods: open(), close(), toggle(), ask(text), fresh(), setFacts(facts),
// `language`, `theme`, destroy(). Events on it and on the window: wence:open, wence:close, wence:asked, wence:answer,
// wence:feedback, wence:error.
define(
  "wence-widget",
  class extends Element {
    constructor() {
      super("launcher");
      this.options = {};
      this.client = new Client();
    }

    connectedCallback() {
      if (this.chat) return; // moved within the page by the host
      const { options } = this;
      const asked = options.language ? languageOf(options.language) : null;
      this.language = asked ?? languageOf(document.documentElement.lang || navigator.language);
      this.store = new Store(`wence:${options.site || "page"}`);
      this.chat = make("wence-chat", { language: this.language, fill: true });
      Object.assign(this.chat, { client: this.client, store: this.store, asked, reports: false, publicAddress: HOME });
      this.chat.welcome = make("div", { class: "welcome" });
      this.launch = make("button", { type: "button", class: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => this.open() });
      this.heading = make("h2", {});
      this.panel = make("section", { class: "panel", role: "dialog", hidden: true, onkeydown: (event) => event.key === "Escape" && !options.inline && (event.stopPropagation(), this.close()) });
      this.past = make("wence-conversations", {});
      Object.assign(this.past, { store: this.store, client: this.client });
      this.shadowRoot.append(this.launch, this.panel, this.past);
      this.toggleAttribute("inline", Boolean(options.inline));
      this.setAttribute("position", options.position === "left" ? "left" : "right");
      this.theme = options.theme;
      this.#hearing();
      this.#relabel();
      this.#start();
      if (options.inline) this.#show(true);
      else if (options.open && !PHONE.matches) this.#show(true); // the host page keeps its focus
      else this.launch.hidden = Boolean(options.site); // until the site is known to be allowed
    }

    set theme(theme) {
      this.setAttribute("theme", ["light", "dark"].includes(theme) ? theme : "auto");
    }

    #hearing() {
      for (const name of ["asked", "answer", "feedback", "error"]) {
        this.addEventListener(`wence:${name}`, () => this.#bar());
      }
      this.addEventListener("wence:chats", () => this.#bar());
      this.past.addEventListener("wence:open", (event) => (event.stopPropagation(), this.chat.open(event.detail.id), this.#bar(), this.chat.composer.focus()));
      this.past.addEventListener("wence:removed", (event) => event.detail.id === this.chat.current && this.fresh());
      this.past.addEventListener("wence:forgotten", () => this.chat.fresh({}));
    }

    async #start() {
      if (this.options.site && !(await this.#site())) return;
      this.chat.takeFacts({ ...this.chat.facts, ...this.options.facts });
      await this.#scope().catch(() => null);
      if (this.options.question) this.ask(this.options.question);
    }

    // What is set for the site; what the page itself says counts before. A page that may not call shows nothing.
    async #site(times = 3) {
      try {
        const { site, facts } = await this.client.headers.open();
        const { title, greeting, colour } = site.branding;
        const set = { title, greeting, region: site.region, programmes: site.programmes, facts };
        for (const [key, value] of Object.entries(set)) if (!this.options[key]?.length) this.options[key] = value ?? undefined;
        if (colour) this.#colour(colour);
        this.#relabel();
        this.launch.hidden = !this.panel.hidden;
        return true;
      } catch (error) {
        if (!error.kind && times > 1) return pause(4000).then(() => this.#site(times - 1)); // no connection now
        console.warn(`Wence: ${error.message}`);
        this.destroy();
        return false;
      }
    }

    // A site's own colour, with the text on it that can be read (WCAG's luminance).
    #colour(colour) {
      const [r, g, b] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      this.style.setProperty("--wence-accent", colour);
      this.style.setProperty("--wence-on-accent", 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000" : "#fff");
    }

    // The programmes in scope become example questions; the region is known of the firm, where it is a choice.
    async #scope() {
      const { programmes = [], region } = this.options;
      if (programmes.length) {
        const all = await this.client.json("/api/programmes");
        const title = (one) => (this.language === "en" && one.title.en) || one.title.zh;
        this.examples = all.filter((one) => programmes.includes(one.id)).flatMap((one) => ["suggest_amount", "suggest_conditions"].map((key) => this.say(key, { title: title(one) }))).slice(0, 6);
        this.#relabel();
      }
      if (region) {
        const definitions = await this.client.facts();
        for (const [key, definition] of definitions) {
          const option = definition.options.find((one) => region.endsWith(one.value));
          if (option) this.chat.takeFacts({ ...this.chat.facts, [key]: option.value });
        }
      }
    }

    #relabel() {
      const say = this.say;
      this.launch.textContent = say("launcher");
      this.launch.setAttribute("aria-label", say("open_chat"));
      this.heading.textContent = this.options.title || say("name");
      this.panel.setAttribute("aria-label", this.options.title || say("name"));
      const examples = (this.examples ?? []).map((text) => make("li", {}, make("button", { type: "button", class: "plain", onclick: () => this.ask(text) }, text)));
      this.chat.welcome.replaceChildren(make("p", {}, this.options.greeting || say("greeting")), ...(examples.length ? [make("ul", { class: "examples" }, examples)] : []), make("p", { class: "small" }, say(this.model ? "privacy_model" : "privacy")));
      this.chat.language = this.language;
      this.past.language = this.language;
      if (this.chat.composer) this.chat.relabel();
      this.#bar();
    }

    #bar() {
      const say = this.say;
      const button = (key, act) => make("button", { type: "button", class: "quiet", onclick: act }, say(key));
      const languages = make("select", { class: "languages", "aria-label": say("language"), onchange: () => this.setLanguage(languages.value) }, Object.entries(LANGUAGES).map(([key, name]) => make("option", { value: key }, name)));
      languages.value = this.language;
      this.past.current = this.chat.current;
      const close = make("button", { type: "button", class: "quiet close", "aria-label": say("close"), onclick: () => this.close() }, "×");
      const bar = make(
        "header",
        {},
        this.heading,
        this.chat.answers.length > 0 && button("new_chat", () => this.fresh()),
        this.store.all().length > 0 && button("history", () => this.past.open()),
        languages,
        !this.options.inline && close,
      );
      if (this.chat.isConnected) this.panel.firstChild.replaceWith(bar);
      else this.panel.replaceChildren(bar, this.chat);
    }

    #show(open) {
      this.panel.hidden = !open;
      this.launch.hidden = open;
      this.launch.setAttribute("aria-expanded", String(open));
      this.classList.toggle("opened", open);
      if (open) this.#begin();
    }

    // What the service says of itself, asked for when somebody looks: example questions, limits, who else reads along.
    async #begin() {
      if (this.begun === this.language) return;
      this.begun = this.language;
      const start = await this.client.json(`/site/start?language=${this.language}`).catch(() => null);
      if (!start) return;
      Object.assign(this.chat, { limit: start.question_max, publicAddress: start.public_url || HOME });
      this.model = start.model;
      if (!this.options.programmes?.length) this.examples = start.examples.slice(0, 3);
      this.#relabel();
    }

    // ------------------------------------------------------------ for the host page

    open() {
      this.#show(true);
      this.chat.composer.focus();
      this.tell("wence:open");
    }

    close() {
      this.#show(false);
      this.launch.focus({ preventScroll: true });
      this.tell("wence:close");
    }

    toggle() {
      if (this.panel.hidden) this.open();
      else this.close();
    }

    ask(text) {
      this.#show(true);
      return this.chat.ask(text);
    }

    fresh() {
      this.chat.fresh();
      this.#bar();
      this.chat.composer.focus();
    }

    setFacts(facts) {
      this.chat.takeFacts(facts);
    }

    setLanguage(told) {
      const language = languageOf(told);
      this.language = language;
      this.chat.asked = language;
      this.#scope().catch(() => null);
      if (!this.panel.hidden) this.#begin();
      this.#relabel();
    }

    destroy() {
      this.gone = true;
      this.chat.stop();
      this.remove();
    }
  },
);
