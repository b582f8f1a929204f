// What was told of the firm: inputs for one fact, chips to change or remove, and the facts an answer still waits for.
function factInput(definition, value, language, say, name) {
  const text = (option) => option[language] ?? option.zh;
  const chosen = new Set(value ? value.split("、") : []);
  const choices =
    definition.type === "yesno"
      ? [["是", say("yes")], ["否", say("no")]]
      : definition.type === "choice" ? definition.options.map((option) => [option.value, text(option)]) : null;
  if (definition.type === "yesno" && value) chosen.add(/^(否|false|no|没有|无)$/i.test(value) ? "否" : "是");
  if (!choices) {
    const box = make("input", { type: "text", "aria-label": name, maxlength: "200", autocomplete: "off", enterkeyhint: "done", "data-value": true, inputmode: definition.type === "money" ? "text" : null });
    box.value = value ?? "";
    return { node: box, read: () => box.value.trim(), focus: () => box.focus() };
  }
  if (choices.length > 6 && !definition.multiple) {
    const list = make("select", { "aria-label": name }, make("option", { value: "" }, say("unsure")), choices.map(([one, shown]) => make("option", { value: one }, shown)));
    list.value = choices.some(([one]) => chosen.has(one)) ? [...chosen][0] : "";
    return { node: list, read: () => list.value, focus: () => list.focus() };
  }
  const buttons = choices.map(([one, shown]) => {
    const press = () => {
      const on = !chosen.has(one);
      if (!definition.multiple) chosen.clear();
      on ? chosen.add(one) : chosen.delete(one);
      buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(chosen.has(choices[i][0]))));
      node.dispatchEvent(new Event("change", { bubbles: true }));
    };
    return make("button", { type: "button", class: "plain", "aria-pressed": String(chosen.has(one)), onclick: press }, shown);
  });
  const node = make("div", { class: "row", role: "group", "aria-label": name }, buttons);
  return { node, read: () => choices.map(([one]) => one).filter((one) => chosen.has(one)).join("、"), focus: () => buttons[0].focus() };
}

// The facts an answer waits for, each with its input; `done({fact: value})` when they are sent.
function missingFacts(answer, definitions, language, done) {
  const say = labelsIn(language);
  const asked = new Map();
  for (const assessment of answer.assessments) for (const one of assessment.missing_facts) asked.set(one.fact, one.ask);
  const rows = [...asked].filter(([key]) => definitions.has(key) && !answer.facts[key]).slice(0, 4);
  if (!rows.length) return null;
  const inputs = rows.map(([key, ask]) => [key, factInput(definitions.get(key), "", language, say, ask), ask]);
  const told = () => Object.fromEntries(inputs.map(([key, input]) => [key, input.read()]).filter(([, value]) => value));
  const send = make("button", { type: "submit", class: "primary", "aria-disabled": "true" }, say("recount"));
  const form = make(
    "form",
    { class: "missing", "aria-label": say("more_facts") },
    make("h3", {}, say("more_facts")),
    inputs.map(([, input, ask]) => make("div", { class: "one" }, make("p", {}, ask), input.node)),
    send,
  );
  const ready = () => send.setAttribute("aria-disabled", String(!Object.keys(told()).length));
  form.addEventListener("change", ready);
  form.addEventListener("input", ready);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (Object.keys(told()).length) done(told());
    else inputs[0][1].focus();
  });
  return form;
}

// What an answer only asks back, where one tap tells it: the choices of the fact whose question it asks; `done({fact: value})`.
const TAPS = 12;
function quickAnswers(answer, definitions, language, done) {
  if (answer.status !== "clarification") return null;
  const asks = ({ question }) => Object.values(question).some((text) => answer.text.includes(text));
  const asked = [...definitions].find(([key, one]) => one.type === "choice" && !one.multiple && one.options.length <= TAPS && !answer.facts[key] && asks(one));
  if (!asked) return null;
  const [key, { question, options }] = asked;
  const buttons = options.map((option) => make("button", { type: "button", class: "plain", onclick: () => done({ [key]: option.value }) }, option[language] ?? option.zh));
  return make("div", { class: "row", role: "group", "aria-label": question[language] ?? question.zh }, buttons);
}

// <wence-facts>: chips of what was told. Events: wence:fact {fact, value} ("" removed), wence:again.
define(
  "wence-facts",
  class extends Element {
    #facts = {};
    #definitions = new Map();
    #editing = null;
    #changed = false;
    #open = null; // as the reader left it

    constructor() {
      super("facts");
    }

    show(facts, definitions, changed) {
      this.#facts = facts;
      this.#definitions = definitions;
      this.#changed = changed;
      if (this.#editing && !(this.#editing in facts)) this.#editing = null;
      this.#draw();
    }

    #draw() {
      const say = this.say;
      const keys = Object.keys(this.#facts);
      this.hidden = !keys.length && !this.#changed;
      const chips = keys.map((key) => this.#chip(key));
      this.shadowRoot.replaceChildren(
        make(
          "section",
          { "aria-label": say("heard") },
          keys.length > 0 && this.#list(keys, chips),
          this.#editing && this.#editor(this.#editing),
          this.#changed && make("button", { type: "button", class: "primary", onclick: () => this.tell("wence:again") }, say("ask_again")),
        ),
      );
    }

    #list(keys, chips) {
      const say = this.say;
      const all = make("button", { type: "button", class: "quiet", onclick: () => keys.forEach((key) => this.#set(key, "")) }, say("forget_facts"));
      return make(
        "details",
        { open: this.#open ?? !(PHONE.matches || this.hasAttribute("compact")), onclick: (event) => event.target.closest("summary") && (this.#open = !event.currentTarget.open) },
        make("summary", { class: "small" }, say("heard"), ` ${keys.length}`),
        make("ul", { class: "row" }, chips, keys.length > 1 && make("li", {}, all)),
      );
    }

    #chip(key) {
      const say = this.say;
      const definition = this.#definitions.get(key);
      const label = factLabel(definition, key, this.language);
      const value = factText(definition, this.#facts[key], this.language, say);
      const edit = () => {
        this.#editing = this.#editing === key ? null : key;
        this.#draw();
        this.shadowRoot.querySelector(".editor :is(input, select, button)")?.focus();
      };
      return make(
        "li",
        { class: "chip", "data-fact": key },
        make("button", { type: "button", class: "edit", "aria-expanded": String(this.#editing === key), "aria-label": say("edit_fact", { label, value }), onclick: edit }, `${label}：${value}`),
        make("button", { type: "button", class: "remove", "aria-label": say("remove_fact", { label }), onclick: () => this.#set(key, "") }, "×"),
      );
    }

    #editor(key) {
      const say = this.say;
      const definition = this.#definitions.get(key) ?? { type: "text", options: [] };
      const label = factLabel(definition.label && definition, key, this.language);
      const input = factInput(definition, this.#facts[key], this.language, say, label);
      const save = (event) => {
        event.preventDefault();
        this.#editing = null;
        if (input.read() !== this.#facts[key]) this.#set(key, input.read());
        else this.#draw();
        this.shadowRoot.querySelector(`[data-fact="${CSS.escape(key)}"] .edit, .primary`)?.focus();
      };
      const leave = () => {
        this.#editing = null;
        this.#draw();
        this.shadowRoot.querySelector(`[data-fact="${CSS.escape(key)}"] .edit`)?.focus();
      };
      return make(
        "form",
        { class: "editor", onsubmit: save, onkeydown: (event) => event.key === "Escape" && (event.stopPropagation(), leave()) },
        make("p", { class: "small" }, label),
        input.node,
        make("div", { class: "row" }, make("button", { type: "submit", class: "primary" }, say("save")), make("button", { type: "button", class: "plain", onclick: leave }, say("cancel"))),
      );
    }

    #set(key, value) {
      this.tell("wence:fact", { fact: key, value });
    }
  },
);
