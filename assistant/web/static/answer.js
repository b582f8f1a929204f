// <wence-answer>: an answer of any status as the API gives it. `element.answer = {…}`; while it is on its way
// `element.phase = "retrieve"` and `element.write("…")`. A citation that nobody else shows opens right here.
define(
  "wence-answer",
  class extends Element {
    #answer = null;
    #written = "";

    constructor() {
      super("answer");
      this.client = new Client();
    }

    get answer() {
      return this.#answer;
    }

    set answer(answer) {
      this.#answer = answer;
      this.language = answer.language;
      this.removeAttribute("aria-busy");
      this.shadowRoot.replaceChildren(...this.#parts(answer).filter(Boolean));
    }

    set phase(phase) {
      this.setAttribute("aria-busy", "true");
      if (!this.#written) this.shadowRoot.replaceChildren(this.#steps(phase));
    }

    write(text) {
      this.#written += text;
      this.shadowRoot.replaceChildren(make("div", { class: "text" }, this.#lines(this.#written, null)));
    }

    get written() {
      return this.#written;
    }

    // What was being written when it ended early: the text stays, and why it ended.
    fail(message, ...buttons) {
      this.removeAttribute("aria-busy");
      const said = this.#written ? [make("div", { class: "text" }, this.#lines(this.#written, null))] : [];
      this.shadowRoot.replaceChildren(...said, make("p", { class: "failed", role: "alert" }, message), make("p", { class: "row" }, buttons));
    }

    #steps(now) {
      const phases = ["understand", "retrieve", "draft"];
      const place = Math.max(0, phases.indexOf(now === "verify" ? "draft" : now));
      return make(
        "ol",
        { class: "steps" },
        phases.map((phase, i) =>
          make("li", { class: i < place ? "past" : i === place ? "now" : "", ...(i === place && { "aria-current": "step" }) }, this.say(`phase_${phase}`)),
        ),
      );
    }

    #parts(answer) {
      const greeted = answer.status === "clarification" && !/[?？]\s*$/.test(answer.text); // nothing is asked back
      const declined = answer.status !== "answered" && !greeted;
      const alone = answer.assessments.length === 1 ? answer.assessments[0] : null;
      const cards = answer.assessments.map((one) => findingCard(one, answer.language, (n) => this.#mark(n), Boolean(alone)));
      return [
        alone && isJudged(alone) && leadLine(alone, answer.language),
        declined && make("p", { class: "verdict declined" }, make("strong", {}, this.say(`status_${answer.status}`))),
        make("div", { class: "text" }, this.#lines(answer.text, answer)),
        answer.notices.length > 0 && make("ul", { class: "notices" }, answer.notices.map((notice) => make("li", {}, tongues(notice, answer.language)))),
        cards.length > 0 && make("div", { class: "cards" }, cards),
        answer.citations.length > 0 && this.#sources(answer),
      ];
    }

    // Paragraphs; each [n] becomes the button of its citation, or stays what it is while the citations are not known.
    #lines(text, answer) {
      return text.split("\n").filter(Boolean).map((line) => {
        const parts = line.split(/(\[\d+\])/).map((part) => {
          const number = /^\[(\d+)\]$/.exec(part)?.[1];
          if (!number) return tongues(part, this.language);
          return (answer && this.#mark(Number(number))) || make("span", { class: "mark" }, number);
        });
        return make("p", {}, parts.flat().filter(Boolean));
      });
    }

    #mark(number) {
      const citation = this.#answer?.citations.find((one) => one.number === number);
      if (!citation) return null;
      const title = `${citation.title}${citation.article ? ` ${citation.article}` : ""}`;
      const label = this.say("source_n", { n: number, title });
      return make("button", { type: "button", class: "mark", "aria-label": label, title: label, onclick: (event) => this.#cite(citation, event.currentTarget) }, String(number));
    }

    #sources(answer) {
      const rows = answer.citations.map((citation) =>
        make(
          "li",
          {},
          make(
            "button",
            { type: "button", class: "source", onclick: (event) => this.#cite(citation, event.currentTarget) },
            make("span", { class: "mark", "aria-hidden": "true" }, String(citation.number)),
            make(
              "span",
              { class: "where" },
              make("span", { class: "title" }, tongues(`《${citation.title}》${citation.article ?? ""}`, this.language)),
              this.#sourceTags(citation),
            ),
          ),
        ),
      );
      return make("section", { class: "sources", "aria-label": this.say("sources") }, make("h3", {}, this.say("sources")), make("ol", {}, rows));
    }

    #sourceTags(citation) {
      const weak = !["in_force", "unknown"].includes(citation.status);
      return [
        citation.document_number && make("span", { class: "small" }, tongues(` ${citation.document_number}`, this.language)),
        citation.digest && make("span", { class: "tag" }, this.say("digest")),
        weak && make("span", { class: "tag warn" }, this.say(`paper_${citation.status}`)),
        citation.confidence !== "official" && make("span", { class: "tag warn" }, this.say(citation.confidence)),
      ].filter(Boolean);
    }

    #cite(citation, from) {
      if (!this.tell("wence:cite", { citation, answer: this.#answer, from }, true)) return;
      this.shadowRoot.querySelector("wence-source")?.remove();
      const panel = make("wence-source", { language: this.language });
      panel.client = this.client;
      panel.addEventListener("wence:close", () => (panel.remove(), from.focus()));
      this.shadowRoot.append(panel);
      panel.open(citation, this.#answer);
      panel.focusTitle();
    }
  },
);

// An answer as plain text, or as Markdown with its sources.
function answerText(answer, question, client, say, markdown = false) {
  const head = markdown ? [`# ${question}`, "", `> ${say("as_of", { day: answer.as_of })}`, ""] : [`${question}`, ""];
  const sources = answer.citations.map((c) => {
    const where = `《${c.title}》${c.article ?? ""}${c.digest ? `（${say("digest_long")}）` : ""}`;
    return markdown ? `${c.number}. [${where.replace(/[[\]\\]/g, "\\$&")}](${client.page(c)})\n   > ${c.quote}` : `[${c.number}] ${where}：${c.quote}`;
  });
  const notices = answer.notices.map((notice) => `${markdown ? "- " : "※ "}${notice}`);
  return [...head, markdown ? answer.text.replace(/\n/g, "\n\n") : answer.text, "", ...notices, "", ...(sources.length ? [say("sources"), ...(markdown ? [""] : []), ...sources] : []), "", say("as_of", { day: answer.as_of })].join("\n");
}
