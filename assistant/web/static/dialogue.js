// <wence-chat>: the conversation. Set `client`, `store`, `welcome` (shown while nothing was asked) before it is connected.
// Events: wence:asked, wence:answer, wence:error, wence:facts (what is known of the firm changed), wence:chats.
const WIDE = 860; // px of room beside which the source stands next to the conversation
const LINE = 40; // px that the first line of an answer takes
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

define(
  "wence-chat",
  class extends Element {
    #turns = [];
    #chat = null;
    #stopping = null;
    #changed = false;
    #from = null;
    #moved = false;

    constructor() {
      super("dialogue");
      this.client = new Client();
      this.store = new Store();
      Object.assign(this, { limit: 2000, publicAddress: HOME, shares: true, reports: true, welcome: null, asked: null });
      this.#chat = this.#new();
    }

    #new(facts = {}, corrections = {}) {
      return { id: crypto.randomUUID?.() ?? String(Math.random()).slice(2), title: "", server: null, facts, corrections, turns: [] };
    }

    connectedCallback() {
      if (this.composer) return;
      const say = this.say;
      this.log = make("div", { class: "log", role: "log", "aria-live": "off", tabindex: "-1" });
      this.status = make("p", { class: "unseen", role: "status" });
      this.told = make("wence-facts", { language: this.language, hidden: true, compact: this.hasAttribute("fill") });
      this.told.addEventListener("wence:fact", (event) => this.correct(event.detail.fact, event.detail.value));
      this.told.addEventListener("wence:again", () => this.askAgain());
      this.composer = new Composer({ ask: (text) => this.ask(text), stop: () => this.stop(), say, limit: this.limit });
      this.side = make("dialog", { class: "side" }, (this.source = make("wence-source", { language: this.language })));
      this.source.client = this.client;
      this.source.addEventListener("wence:close", () => this.closeSource());
      this.side.addEventListener("close", () => this.#closed());
      this.side.addEventListener("click", (event) => event.target === this.side && this.closeSource());
      this.addEventListener("keydown", (event) => event.key === "Escape" && this.side.open && (event.stopPropagation(), this.closeSource()));
      this.shadowRoot.addEventListener("wence:cite", (event) => (event.preventDefault(), this.#cite(event.detail)));
      this.foot = make("div", { class: "foot" }, this.told, this.composer.node);
      this.shadowRoot.append(make("div", { class: "room" }, this.log, this.foot, this.status), this.side);
      for (const kind of ["wheel", "touchmove"]) this.log.addEventListener(kind, () => (this.#moved = true), { passive: true });
      new ResizeObserver(() => this.classList.toggle("wide", this.clientWidth >= WIDE)).observe(this);
      this.relabel();
    }

    relabel() {
      this.log.setAttribute("aria-label", this.say("conversation"));
      this.side.setAttribute("aria-label", this.say("source"));
      this.composer.relabel(this.say);
      this.composer.limit = this.limit;
      for (const element of [this.told, this.source]) element.language = this.language;
      this.#draw(this.#turns.filter((turn) => turn.failed)); // what went wrong, and its button, must stay to be read
    }

    // ------------------------------------------------------------ what is known of the firm

    get facts() {
      return { ...this.#chat.facts };
    }

    definitions() {
      return this.client.facts().catch(() => new Map());
    }

    // A value changed by hand counts before what the messages say; "" takes it back.
    correct(key, value) {
      if (value) this.#chat.facts[key] = value;
      else delete this.#chat.facts[key];
      this.#chat.corrections[key] = value;
      this.#changed = this.#turns.length > 0;
      this.#told();
      this.tell("wence:facts", { facts: this.facts });
    }

    // What another surface (the form, the host page) knows.
    takeFacts(facts) {
      const keys = new Set([...Object.keys(facts), ...Object.keys(this.#chat.facts)]);
      const changed = [...keys].filter((key) => (facts[key] ?? "") !== (this.#chat.facts[key] ?? ""));
      for (const key of changed) this.#chat.corrections[key] = facts[key] ?? "";
      this.#chat.facts = { ...facts };
      if (changed.length) this.#changed = this.#turns.length > 0;
      this.#told();
    }

    async #told() {
      const definitions = Object.keys(this.#chat.facts).length ? await this.definitions() : new Map();
      this.told.show(this.#chat.facts, definitions, this.#changed && !this.#stopping);
    }

    // ------------------------------------------------------------ asking

    ask(text) {
      if (!this.#stopping) return this.#ask(text);
      return null;
    }

    askAgain() {
      const last = this.#turns.at(-1);
      if (last && !this.#stopping) this.#ask(last.question, this.say("asked_again"));
    }

    async askWith(question, told) {
      for (const [key, value] of Object.entries(told)) this.correct(key, value);
      const definitions = await this.definitions();
      const words = Object.entries(told).map(([key, value]) => `${factLabel(definitions.get(key), key, this.language)} ${factText(definitions.get(key), value, this.language, this.say)}`);
      if (!this.#stopping) this.#ask(question, `（${words.join("；")}）`); // pressed twice it is asked once
    }

    // The answer asks something back: the reader answers in the box.
    replyTo(question) {
      this.composer.hint(this.say("reply", { question }));
      this.composer.focus();
    }

    stop() {
      this.#stopping?.abort();
    }

    // Another conversation is shown: what is still answered here goes on nowhere.
    #leave() {
      this.stop();
      this.#stopping = null;
      this.composer?.wait(false);
    }

    async #ask(text, note = "") {
      const mine = (this.#stopping = new AbortController());
      const chat = this.#chat;
      this.#turns.at(-1)?.settle();
      const turn = new Turn(this, text, note);
      this.#turns.push(turn);
      if (this.welcome?.isConnected) this.welcome.remove();
      this.log.append(turn.node);
      this.#changed = false;
      this.#told();
      this.composer.wait(true);
      this.status.textContent = "";
      turn.shown.phase = "understand";
      this.#moved = false;
      this.#land(turn, true);
      this.tell("wence:asked", { question: text });
      try {
        const answer = await this.client.ask(this.#body(text, chat), (name, data) => this.#hear(turn, name, data), mine.signal);
        this.#answered(turn, answer, chat, note);
      } catch (error) {
        if (chat === this.#chat) this.#failed(turn, error);
      } finally {
        if (this.#stopping === mine) {
          this.#stopping = null;
          this.composer.wait(false);
          this.#told().then(() => this.#land(turn)); // what is known takes room too
        }
      }
    }

    // The question stands at the top; where the screen is too small for it and the answer's first line, the answer does.
    // What came in since may have covered that line: then once more, unless the reader has gone on.
    #land(turn, asked = false) {
      const top = turn.shown.getBoundingClientRect().top;
      const [ceiling, floor] = [Math.max(0, this.log.getBoundingClientRect().top), this.foot.getBoundingClientRect().top];
      if (!asked && (this.#moved || (top >= ceiling && top + LINE <= floor))) return;
      const both = top + LINE - turn.node.getBoundingClientRect().top <= floor - ceiling;
      (both ? turn.node : turn.shown).scrollIntoView({ block: "start", behavior: STILL.matches ? "auto" : "smooth" });
    }

    #body(text, chat) {
      const history = chat.turns.slice(-6).map((one) => ({ question: one.question, answer: one.answer.text }));
      return {
        question: text,
        conversation_id: chat.server,
        facts: chat.facts,
        corrections: chat.corrections,
        history,
        language: this.asked,
      };
    }

    #hear(turn, name, data) {
      if (name === "progress") {
        turn.shown.phase = data.phase;
        const phase = this.say(`phase_${data.phase === "verify" ? "draft" : data.phase}`);
        this.status.textContent = this.say("phase_says", { phase });
      } else if (name === "delta") turn.shown.write(data.text);
      else if (name === "resuming") this.status.textContent = this.say("resuming");
    }

    #answered(turn, answer, chat, note) {
      turn.finish(answer, true);
      // What a later message told counts from now on.
      for (const [key, value] of Object.entries(chat.corrections)) if ((answer.facts[key] ?? "") !== value) delete chat.corrections[key];
      Object.assign(chat, { server: answer.conversation_id || chat.server, facts: { ...answer.facts }, title: chat.title || turn.question.slice(0, 40) });
      chat.turns.push({ question: turn.question, note, answer });
      this.status.textContent = `${answer.text.replace(/\[\d+\]/g, "")} ${this.say("done")}`;
      if (this.store && !this.store.save(chat)) this.status.textContent += this.say("storage_full");
      this.tell("wence:answer", answer);
      this.tell("wence:facts", { facts: this.facts });
      this.tell("wence:chats");
    }

    #failed(turn, error) {
      const say = this.say;
      const stopped = error.name === "AbortError";
      if (!stopped && !error.kind) console.error(error);
      const message = stopped ? say("stopped") : error.detail || say(error.kind ?? "lost", error.values);
      const again = make("button", { type: "button", class: "primary", onclick: () => this.#retry(turn) }, say("retry"));
      turn.shown.fail(message, again);
      turn.failed = true;
      if (!stopped) this.tell("wence:error", { message });
    }

    #retry(turn) {
      if (this.#stopping) return;
      this.#turns = this.#turns.filter((one) => one !== turn);
      turn.node.remove();
      this.#ask(turn.question);
      this.composer.focus();
    }

    // ------------------------------------------------------------ conversations

    get current() {
      return this.#chat.id;
    }

    get answers() {
      return this.#chat.turns.map((turn) => turn.answer);
    }

    open(id) {
      const kept = this.store?.get(id);
      if (!kept) return false;
      this.#leave();
      this.#chat = { corrections: {}, facts: {}, ...kept };
      this.#draw();
      this.tell("wence:facts", { facts: this.facts });
      return true;
    }

    fresh(facts = this.#chat.facts) {
      this.#leave();
      this.#chat = this.#new({ ...facts });
      this.#draw();
    }

    #draw(failed = []) {
      if (this.#stopping) return; // an answer on its way keeps its place
      this.closeSource();
      const answered = this.#chat.turns.map((kept, i, all) => {
        const turn = new Turn(this, kept.question, kept.note);
        turn.finish(kept.answer, i === all.length - 1);
        return turn;
      });
      this.#turns = [...answered, ...failed];
      this.#changed = false;
      this.log.replaceChildren(...(this.#turns.length || !this.welcome ? [] : [this.welcome]), ...this.#turns.map((turn) => turn.node));
      this.#told();
    }

    // ------------------------------------------------------------ the source beside it

    #cite({ citation, answer, from }) {
      this.#from = from;
      const wide = this.classList.contains("wide");
      const modal = !wide && PHONE.matches;
      if (this.side.open && this.side.matches(":modal") !== modal) this.side.close();
      if (!this.side.open) modal ? this.side.showModal() : this.side.show();
      this.classList.add("reading");
      this.source.open(citation, answer);
      this.source.focusTitle();
    }

    closeSource() {
      if (this.side?.open) this.side.close();
    }

    #closed() {
      this.classList.remove("reading");
      this.#from?.focus({ preventScroll: true });
      this.#from = null;
    }
  },
);
