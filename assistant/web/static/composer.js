// The one input: grows with what is written, Enter asks (not while an input method composes), becomes 停止 while answering.
class Composer {
  constructor({ ask, stop, say, limit }) {
    Object.assign(this, { ask, stop, say, limit });
    this.busy = false;
    this.box = make("textarea", { rows: "1", enterkeyhint: "send", autocomplete: "off", oninput: () => this.#grow(), onkeydown: (event) => this.#key(event) });
    this.button = make("button", { type: "submit", class: "primary" });
    this.note = make("p", { class: "note", role: "alert" });
    this.above = make("p", { class: "small", role: "status" });
    this.node = make("form", { class: "composer", novalidate: true, onsubmit: (event) => this.#submit(event) }, this.above, this.note, make("div", { class: "line" }, this.box, this.button));
    this.relabel(say);
  }

  relabel(say) {
    this.say = say;
    this.box.setAttribute("aria-label", say("question"));
    this.box.placeholder = say("placeholder");
    this.button.textContent = say(this.busy ? "stop" : "ask");
  }

  wait(busy) {
    this.busy = busy;
    this.button.textContent = this.say(busy ? "stop" : "ask");
    this.button.classList.toggle("stop", busy);
  }

  fill(text) {
    this.box.value = text;
    this.#grow();
  }

  hint(text) {
    this.above.textContent = text;
  }

  focus() {
    this.box.focus({ preventScroll: true });
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!this.busy) this.node.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    if (this.busy) return this.stop();
    const text = this.box.value.replace(/[\u200b-\u200f\u2060-\u2064\ufeff\u00ad]/g, "").trim();
    const length = Array.from(text).length;
    const problem = !text ? this.say("empty") : length > this.limit ? this.say("too_long", { most: this.limit, length }) : "";
    this.note.textContent = problem;
    if (problem) return this.focus();
    this.fill("");
    this.hint("");
    return this.ask(text);
  }

  #grow() {
    this.note.textContent = "";
    this.box.style.setProperty("height", "auto");
    this.box.style.setProperty("height", `${Math.min(this.box.scrollHeight + 2, 160)}px`);
  }
}
