// <wence-source>: one citation's clause as it stands in the paper, the quote marked, and what the paper is.
const AROUND = 260; // code points shown before and after a quote that stands in no section

// The span to show: the sections that hold the quote, the inmost that is not longer than a screen or two.
function clauseAround(document, citation) {
  const points = Array.from(document.text);
  const holding = document.sections.filter((s) => s.start <= citation.start && citation.end <= s.end && s.end - s.start <= 1600);
  const inmost = holding.sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  const start = inmost?.start ?? Math.max(0, citation.start - AROUND);
  const end = inmost?.end ?? Math.min(points.length, citation.end + AROUND);
  const text = (from, to) => points.slice(from, to).join("");
  return { before: text(start, citation.start), quote: text(citation.start, citation.end), after: text(citation.end, end), cut: [start > 0, end < points.length] };
}

define(
  "wence-source",
  class extends Element {
    constructor() {
      super("quote");
      this.client = new Client();
    }

    // Shows a citation; its text comes from the stored version it was quoted from.
    async open(citation, answer = null) {
      this.citation = citation;
      this.#draw(citation, answer, null);
      const found = await this.client.document(citation.document_id, citation.version).catch(() => null);
      if (this.citation !== citation || !this.isConnected) return;
      this.#draw(citation, answer, found ? clauseAround({ ...found, sections: found.sections ?? [] }, citation) : false);
      this.shadowRoot.querySelector("mark")?.scrollIntoView({ block: "center" });
    }

    #draw(citation, answer, clause) {
      const say = this.say;
      const title = `《${citation.title}》`;
      const heading = make("h2", { tabindex: "-1", id: "title" }, tongues(title, this.language));
      const close = make("button", { type: "button", class: "quiet close", "aria-label": say("close"), onclick: () => this.tell("wence:close") }, "×");
      const reading = this.shadowRoot.activeElement?.id === "title"; // drawn anew, the reader stays where they were
      this.shadowRoot.replaceChildren(
        make("div", { class: "bar" }, make("p", { class: "small" }, `${say("source")} ${citation.number}`), close),
        make(
          "div",
          { class: "page", tabindex: "0", role: "group", "aria-labelledby": "title" },
          heading,
          this.#tags(citation),
          this.#clause(citation, clause),
          this.#about(citation, answer),
        ),
      );
      if (reading) this.focusTitle();
    }

    #tags(citation) {
      const say = this.say;
      const weak = !["in_force", "unknown"].includes(citation.status);
      return make(
        "p",
        { class: "row" },
        make("span", { class: `tag ${weak ? "warn" : citation.status === "in_force" ? "met" : ""}` }, say(`paper_${citation.status}`)),
        citation.article && make("span", { class: "tag" }, tongues(citation.article, this.language)),
        citation.page && make("span", { class: "tag" }, say("page").replace("{n}", citation.page)),
        citation.digest && make("span", { class: "tag warn" }, say("digest_long")),
        citation.confidence !== "official" && make("span", { class: "tag warn" }, say(citation.confidence)),
      );
    }

    #clause(citation, clause) {
      const say = this.say;
      if (clause === null) return make("p", { class: "small", role: "status" }, say("loading"));
      const quote = make("mark", {}, clause ? clause.quote : citation.quote);
      const text = clause ? [clause.cut[0] && "… ", clause.before, quote, clause.after, clause.cut[1] && " …"] : [quote];
      return [
        clause === false && make("p", { class: "small", role: "status" }, say("source_failed")),
        make("blockquote", { class: "clause", lang: "zh-CN" }, text.filter(Boolean)),
      ].filter(Boolean).reduce((box, part) => (box.append(part), box), make("div"));
    }

    #about(citation, answer) {
      const say = this.say;
      const official = address(citation.url);
      const rows = [
        [say("issuer"), citation.issuer],
        [say("number"), citation.document_number],
        [say("kind"), citation.kind],
        [say("version"), say("version_n", { n: citation.version })],
      ].filter(([, text]) => text);
      const away = { target: "_blank", rel: "noopener noreferrer" };
      return make(
        "div",
        { class: "about" },
        make("dl", {}, rows.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, tongues(text, this.language))))),
        make("p", {}, make("a", { href: this.client.page(citation), target: "_blank", rel: "noopener" }, say("whole"))),
        make("p", {}, official ? make("a", { href: official, ...away }, say("official")) : make("span", { class: "small" }, say("no_official"))),
        answer && make("p", { class: "small" }, say("as_of", { day: answer.as_of })),
      );
    }

    focusTitle() {
      this.shadowRoot.getElementById("title")?.focus({ preventScroll: true });
    }
  },
);
