// <wence-library>: the papers of the knowledge base, searched and filtered; each leads to its own page.
const FILTERS = ["kind", "status", "region"];

define(
  "wence-library",
  class extends Element {
    #rows = null;
    #found = new Map(); // document id → passage of the text search
    #chosen = {};
    #search = 0;

    constructor() {
      super("library");
      this.client = new Client(location.origin);
    }

    connectedCallback() {
      if (this.box) return;
      const kept = remember("language");
      this.language = kept && kept in LABELS ? kept : languageOf(navigator.language);
      addEventListener("wence:language", (event) => ((this.language = event.detail.language), this.#frame()));
      this.#frame();
      // Not before somebody looks: the list is not small.
      new IntersectionObserver((seen, watching) => seen.some((one) => one.isIntersecting) && (watching.disconnect(), this.#load())).observe(this);
    }

    async #load() {
      try {
        const rows = await this.client.json("/api/documents");
        this.#rows = rows.sort((a, b) => (b.published_on ?? b.written_on ?? "").localeCompare(a.published_on ?? a.written_on ?? ""));
        this.#frame();
      } catch {
        this.count.textContent = this.say("library_failed");
      }
    }

    #frame() {
      const say = this.say;
      const text = this.box?.value ?? "";
      this.box = make("input", { type: "search", id: "find", placeholder: say("find_hint"), autocomplete: "off", oninput: () => this.#typed() });
      this.box.value = text;
      this.count = make("p", { class: "small", role: "status" }, this.#rows ? "" : say("loading"));
      this.results = make("ul", { class: "papers" });
      const search = make("form", { role: "search", onsubmit: (event) => (event.preventDefault(), this.#inText()) }, make("label", { for: "find" }, say("find")), this.box);
      this.shadowRoot.replaceChildren(make("p", { class: "small" }, say("library_lead")), search, make("div", { class: "filters" }, FILTERS.map((name) => this.#filter(name))), this.count, this.results);
      if (this.#rows) this.#show();
    }

    #value(row, name) {
      return row[name] ?? "";
    }

    #shown(name, value) {
      return name === "status" ? this.say(`paper_${value}`) : value || this.say("no_region");
    }

    #filter(name) {
      const values = [...new Set((this.#rows ?? []).map((row) => this.#value(row, name)))].sort();
      const list = make("select", { id: name, onchange: () => ((this.#chosen[name] = list.value), this.#show()) }, make("option", { value: "*" }, this.say("all")), values.map((value) => make("option", { value }, this.#shown(name, value))));
      list.value = this.#chosen[name] ?? "*";
      return make("div", {}, make("label", { for: name, class: "small" }, this.say(name)), list);
    }

    #typed() {
      clearTimeout(this.waiting);
      this.#found = new Map();
      this.#show();
      this.waiting = setTimeout(() => this.#inText(), 400);
    }

    // What stands in the clauses, by the search that answers questions too.
    async #inText() {
      clearTimeout(this.waiting);
      const text = this.box.value.trim();
      const turn = (this.#search += 1);
      if (!text || Array.from(text).length > 200) return;
      const passages = await this.client.json(`/api/search?k=20&q=${encodeURIComponent(text)}`).catch(() => []);
      if (turn !== this.#search || text !== this.box.value.trim()) return;
      this.#found = new Map(passages.reverse().map((passage) => [passage.document_id, passage]));
      this.#show();
    }

    #show() {
      if (!this.#rows) return;
      const text = this.box.value.trim().toLowerCase();
      const named = (row) => [row.title, row.document_number, row.issuer, row.subject].some((part) => part?.toLowerCase().includes(text));
      const fits = (row) => FILTERS.every((name) => (this.#chosen[name] ?? "*") === "*" || this.#chosen[name] === this.#value(row, name));
      const rows = this.#rows.filter(fits).filter((row) => !text || named(row) || this.#found.has(row.id));
      if (text) rows.sort((a, b) => named(b) - named(a));
      this.count.textContent = rows.length ? this.say("shown_of", { shown: rows.length, all: this.#rows.length }) : this.say("none_found");
      this.results.replaceChildren(...rows.map((row) => this.#paper(row, text && !named(row) ? this.#found.get(row.id) : null)));
    }

    #paper(row, passage) {
      const say = this.say;
      const tone = { in_force: "met", unknown: "" }[row.status] ?? "warn";
      const days = [["published", row.published_on ?? row.written_on], ["effective", row.effective_from], ["until", row.effective_to]].filter(([, day]) => day).map(([key, day]) => `${say(key)} ${day}`);
      const about = [row.document_number, row.issuer, row.region, ...days, row.version > 1 && say("version_n", { n: row.version })].filter(Boolean).join(" · ");
      return make(
        "li",
        {},
        make("a", { href: `/documents/${encodeURIComponent(row.id)}` }, row.title),
        make("p", { class: "row" }, make("span", { class: `tag ${tone}` }, say(`paper_${row.status}`)), make("span", { class: "tag" }, row.kind), row.digest && make("span", { class: "tag" }, say("digest")), row.confidence !== "official" && make("span", { class: "tag warn" }, say(row.confidence))),
        about && make("p", { class: "small" }, about),
        passage && make("p", { class: "passage" }, make("span", { class: "small" }, `${say("in_text")}：`), `${passage.text.slice(0, 120)}…`),
      );
    }
  },
);
