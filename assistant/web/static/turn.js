// One exchange of the conversation: the question, its answer, what it still waits for, and what to do with it.
const EXPORTS = ["docx", "pdf", "ics"];
const SUGGESTED = ["window", "materials", "where", "conditions", "amount"];
const REASONS = ["wrong", "source", "unanswered", "outdated", "unclear"];

// What one may ask next of the programme an answer is about; wording in the labels.
function suggestions(answer, question) {
  const title = answer.assessments.find((one) => one.programme_id)?.title;
  const say = labelsIn(answer.language);
  const all = title ? SUGGESTED.map((key) => say(`suggest_${key}`, { title })) : [];
  return all.filter((text) => text !== question).slice(0, 3);
}

class Turn {
  // `chat` is the <wence-chat> it stands in.
  constructor(chat, question, note = "") {
    Object.assign(this, { chat, question });
    this.shown = make("wence-answer", { language: chat.language });
    this.shown.client = chat.client;
    this.below = make("div", { class: "below" });
    const asked = make("p", { class: "asked" }, make("span", { class: "unseen" }, `${chat.say("you")}：`), question, note && make("span", { class: "small" }, ` ${note}`));
    this.node = make("article", { class: "turn" }, asked, this.shown, this.below);
  }

  finish(answer, last) {
    this.answer = answer;
    this.shown.answer = answer;
    this.#complete(last);
  }

  // Only the last exchange offers what goes on from it.
  async #complete(last) {
    const { chat, answer } = this;
    const say = this.chat.say;
    const definitions = await chat.definitions();
    const again = (told) => chat.askWith(this.question, told);
    const more = last && (missingFacts(answer, definitions, answer.language, again) ?? quickAnswers(answer, definitions, answer.language, again));
    const asks = new Set(answer.assessments.flatMap((one) => one.missing_facts.map((missing) => missing.ask)));
    const back = last ? answer.follow_ups.filter((text) => !asks.has(text) || !more) : [];
    const button = (text, act) => make("button", { type: "button", class: "plain", onclick: act }, text);
    const follow = [
      ...back.map((text) => button(text, () => chat.replyTo(text))),
      ...(last ? suggestions(answer, this.question) : []).map((text) => button(text, () => chat.ask(text))),
    ];
    this.more = make("div", { class: "more" });
    if (more) this.more.append(more);
    if (follow.length) this.more.append(make("div", { class: "row", role: "group", "aria-label": say("follow_ups") }, follow));
    this.below.replaceChildren(this.#actions(), this.more);
  }

  settle() {
    this.more?.remove();
  }

  #actions() {
    const { chat } = this;
    const say = this.chat.say;
    this.said = make("p", { class: "small said", role: "status" });
    const button = (key, act, attributes = {}) => make("button", { type: "button", class: "quiet", onclick: act, ...attributes }, say(key));
    this.good = button("good", () => this.#rate("up"), { "aria-pressed": "false" });
    this.bad = button("bad", () => this.#why(), { "aria-pressed": "false", "aria-expanded": "false" });
    this.good.prepend(thumb(false), " ");
    this.bad.prepend(thumb(true), " ");
    const day = make("span", { class: "small day" }, say("as_of", { day: this.answer.as_of }));
    const row = make("div", { class: "row actions" }, button("copy", () => this.#copy()), chat.shares && button("share", () => this.#share()), this.#exports(say), this.good, this.bad, day);
    this.reasons = make("div", {});
    return make("div", {}, row, this.reasons, this.said);
  }

  async #copy() {
    const say = this.chat.say;
    const text = answerText(this.answer, this.question, this.chat.client, say);
    this.said.textContent = say((await copyText(text, this.chat.shadowRoot)) ? "copied" : "copy_failed");
  }

  async #share() {
    const say = this.chat.say;
    const link = `${this.chat.publicAddress}/a/${encodeURIComponent(this.answer.question_id)}`;
    if (PHONE.matches && navigator.share) {
      await navigator.share({ title: this.question, url: link }).catch(() => null);
    }
    this.said.textContent = say((await copyText(link, this.chat.shadowRoot)) ? "shared" : "share_shown", { link });
  }

  #exports(say) {
    const markdown = () => {
      const text = answerText(this.answer, this.question, this.chat.client, say, true);
      download(new Blob([text], { type: "text/markdown" }), `wence-${this.answer.as_of}.md`, this.chat.shadowRoot);
    };
    if (!this.answer.assessments.length || !this.chat.reports) return make("button", { type: "button", class: "quiet", onclick: markdown }, say("export"));
    const option = (key, act) => make("button", { type: "button", class: "quiet", onclick: () => (menu.open = false, act()) }, say(key));
    const menu = make(
      "details",
      { class: "menu", onkeydown: (event) => event.key === "Escape" && menu.open && (event.stopPropagation(), (menu.open = false), menu.firstChild.focus()) },
      make("summary", { class: "quiet" }, say("export")),
      make("div", { class: "choices" }, option("export_answer", markdown), EXPORTS.map((format) => option(`export_${format}`, () => this.#report(format)))),
    );
    return menu;
  }

  async #report(format) {
    const { chat, answer } = this;
    const say = this.chat.say;
    this.said.textContent = say("exporting");
    try {
      const body = { facts: answer.facts, format, as_of: answer.as_of, language: answer.language };
      const response = await chat.client.fetch("/api/match/export", chat.client.post("/api/match/export", body));
      if (!response.ok) throw new Error((await response.json().catch(() => ({}))).detail || String(response.status));
      const file = await response.blob();
      if (format === "ics" && !(await file.text()).includes("BEGIN:VEVENT")) throw new Error(say("export_no_dates"));
      const name = /filename\*=UTF-8''([^;\s]+)/i.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
      const shown = name ? decodeURIComponent(name) : `wence-${answer.as_of}.${format}`;
      download(file, shown, chat.shadowRoot);
      this.said.textContent = say("exported", { name: shown });
    } catch (error) {
      this.said.textContent = say("export_failed", { reason: error.kind ? say(error.kind) : error.message });
    }
  }

  #why() {
    const say = this.chat.say;
    const open = this.bad.getAttribute("aria-expanded") !== "true";
    this.bad.setAttribute("aria-expanded", String(open));
    if (!open) return this.reasons.replaceChildren();
    const comment = make("textarea", { rows: "2", maxlength: "2000", "aria-label": say("comment"), placeholder: say("comment") });
    const choices = REASONS.map((key) => make("label", { class: "reason" }, make("input", { type: "radio", name: "reason", value: key }), ` ${say(`reason_${key}`)}`));
    const form = make("form", { class: "why" }, make("fieldset", {}, make("legend", {}, say("why_bad")), choices), comment, make("button", { type: "submit", class: "primary" }, say("send")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = new FormData(form).get("reason");
      this.#rate("down", chosen && labelsIn("zh")(`reason_${chosen}`), comment.value.trim());
    });
    this.reasons.replaceChildren(form);
    return form.querySelector("input").focus();
  }

  async #rate(rating, reason = null, comment = null) {
    const say = this.chat.say;
    try {
      await this.chat.client.rate({ question_id: this.answer.question_id, rating, reason: reason || null, comment: comment || null });
      this.good.setAttribute("aria-pressed", String(rating === "up"));
      this.bad.setAttribute("aria-pressed", String(rating === "down"));
      this.bad.setAttribute("aria-expanded", "false");
      this.reasons.replaceChildren();
      this.said.textContent = say("thanks");
      this.chat.tell("wence:feedback", { question_id: this.answer.question_id, rating, reason });
    } catch {
      this.said.textContent = say("feedback_failed");
    }
  }
}
