// <wence-app>: the chat page: what it is and knows, example questions, the conversation, its list, the language.
// Events: wence:heard {facts} (for the form), wence:language {language}. Hears wence:told {facts} on the window, from the form.
define(
  "wence-app",
  class extends Element {
    constructor() {
      super("app");
      this.client = new Client(location.origin);
      this.store = new Store();
    }

    connectedCallback() {
      if (this.chat) return;
      const kept = remember("language");
      this.language = kept && kept in LABELS ? kept : languageOf(navigator.language);
      this.chat = make("wence-chat", { language: this.language });
      Object.assign(this.chat, { client: this.client, store: this.store, asked: kept && kept in LABELS ? kept : null });
      this.list = make("wence-conversations", { language: this.language });
      Object.assign(this.list, { store: this.store, client: this.client });
      this.head = make("header", {});
      this.welcome = make("div", { class: "welcome" });
      this.chat.welcome = this.welcome;
      this.privacy = make("p", { class: "small privacy" });
      this.shadowRoot.append(this.head, this.chat, this.privacy, this.list);
      this.#wire();
      this.#relabel();
      this.#start(); // the page asks for the language it opens in
    }

    #wire() {
      this.addEventListener("wence:facts", (event) => this.tell("wence:heard", event.detail));
      this.addEventListener("wence:chats", () => this.#bar());
      this.addEventListener("wence:asked", () => this.#bar());
      this.addEventListener("wence:open", (event) => (this.chat.open(event.detail.id), this.#bar(), this.chat.composer.focus()));
      this.addEventListener("wence:removed", (event) => event.detail.id === this.chat.current && this.#fresh());
      this.addEventListener("wence:forgotten", () => this.#fresh({}));
      addEventListener("wence:unreadable", (event) => {
        const { keys } = event.detail;
        this.chat.takeFacts(Object.fromEntries(Object.entries(this.chat.facts).filter(([key]) => !keys.includes(key))));
      });
      addEventListener("wence:told", (event) => this.chat.takeFacts(event.detail.facts));
    }

    #fresh(facts) {
      this.chat.fresh(facts);
      if (facts) this.tell("wence:heard", { facts });
      this.#relabel();
    }

    async #start() {
      try {
        this.start = await this.client.json(`/site/start?language=${this.language}`);
        Object.assign(this.chat, { limit: this.start.question_max, publicAddress: this.start.public_url || location.origin });
      } catch {
        this.start ??= null; // the page works without: what it knows is said in each answer too
      }
      await this.#event().catch(() => null);
      this.#relabel();
    }

    // Opened by the code of an event: its programmes are what one could ask about.
    async #event() {
      const id = new URLSearchParams(location.search).get("event");
      if (!id || !this.start) return;
      const event = await this.client.json(`/site/events/${encodeURIComponent(id)}?language=${this.language}`).catch(() => null);
      this.occasion = event ? this.say("event", { name: event.name }) : this.say("event_over");
      if (event?.examples.length) this.start.examples = event.examples;
    }

    #relabel() {
      const say = this.say;
      this.#bar();
      const start = this.start;
      const known = start && say("known", start) + (start.updated_on ? say("updated", { day: start.updated_on }) : "");
      const example = (text) => make("li", {}, make("button", { type: "button", class: "plain", onclick: () => this.chat.ask(text) }, text));
      this.welcome.replaceChildren(
        ...[
          make("p", { class: "tagline" }, say("tagline")),
          this.occasion && make("p", { class: "occasion" }, this.occasion),
          make("p", { class: "small known" }, known || "\u00a0"),
          start?.examples.length > 0 && make("h2", { class: "small" }, say("try_asking")),
          start?.examples.length > 0 && make("ul", { class: "examples" }, start.examples.map(example)),
        ].filter(Boolean),
      );
      this.privacy.textContent = say(start?.model ? "privacy_model" : "privacy");
      this.chat.language = this.language;
      this.list.language = this.language;
      if (this.chat.composer) this.chat.relabel();
    }

    #bar() {
      const say = this.say;
      const button = (key, act) => make("button", { type: "button", class: "quiet", onclick: act }, say(key));
      const begun = this.chat.answers.length > 0 || this.welcome.isConnected === false;
      this.list.current = this.chat.current;
      const choose = (language) => () => this.#choose(language);
      const languages = Object.entries(LANGUAGES).map(([key, name]) =>
        make("button", { type: "button", class: "quiet", lang: TAGS[key], "aria-pressed": String(key === this.language), onclick: choose(key) }, name),
      );
      this.head.replaceChildren(
        make("h1", {}, say("name")),
        make(
          "div",
          { class: "row" },
          begun && button("new_chat", () => (this.#fresh(), this.chat.composer.focus())),
          this.store.all().length > 0 && button("history", () => this.list.open()),
          make("div", { class: "languages", role: "group", "aria-label": say("language") }, languages),
        ),
      );
    }

    #choose(language) {
      this.language = language;
      this.chat.asked = language;
      remember("language", language);
      this.#relabel();
      this.head.querySelector("[aria-pressed=true]")?.focus();
      this.tell("wence:language", { language });
      this.#start();
    }
  },
);
