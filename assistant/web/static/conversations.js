// <wence-conversations>: the list of conversations kept in this browser, in a drawer. Events: wence:open {id}, wence:forgotten.
define(
  "wence-conversations",
  class extends Element {
    constructor() {
      super("conversations");
      Object.assign(this, { store: new Store(), client: new Client(), current: null });
      this.drawer = make("dialog", {});
      this.drawer.addEventListener("click", (event) => event.target === this.drawer && this.drawer.close());
      this.shadowRoot.append(this.drawer);
    }

    open() {
      this.#draw();
      this.drawer.showModal();
    }

    #draw() {
      const say = this.say;
      const chats = this.store.all();
      this.said = make("p", { class: "small", role: "status" });
      this.drawer.setAttribute("aria-label", say("history"));
      this.drawer.replaceChildren(
        make(
          "div",
          { class: "inside" },
          make("div", { class: "bar" }, make("h2", {}, say("history")), make("button", { type: "button", class: "quiet close", "aria-label": say("close"), onclick: () => this.drawer.close() }, "×")),
          chats.length ? make("ul", {}, chats.map((chat) => this.#row(chat))) : make("p", { class: "small" }, say("no_history")),
          make("div", { class: "end" }, this.said, make("button", { type: "button", class: "plain danger", onclick: (event) => this.#sure(event.currentTarget) }, say("forget_all"))),
        ),
      );
    }

    #row(chat) {
      const say = this.say;
      const title = chat.title || "…";
      const day = new Date(chat.at).toLocaleDateString(TAGS[this.language], { month: "numeric", day: "numeric" });
      const open = () => (this.drawer.close(), this.tell("wence:open", { id: chat.id }));
      const row = make(
        "li",
        {},
        make("button", { type: "button", class: "title", onclick: open, ...(chat.id === this.current && { "aria-current": "true" }) }, title, make("span", { class: "small" }, ` ${day}`)),
        make("button", { type: "button", class: "quiet", "aria-label": say("rename_chat", { title }), onclick: () => this.#rename(row, chat) }, say("rename")),
        make("button", { type: "button", class: "quiet", "aria-label": say("delete_chat", { title }), onclick: () => this.#remove(chat) }, say("delete")),
      );
      return row;
    }

    #rename(row, chat) {
      const say = this.say;
      const box = make("input", { "aria-label": say("new_title"), maxlength: "80" });
      box.value = chat.title;
      const done = (event) => {
        event.preventDefault();
        if (box.value.trim()) this.store.rename(chat.id, box.value.trim());
        this.#draw();
        this.tell("wence:chats");
        this.drawer.querySelector("li .title")?.focus();
      };
      row.replaceChildren(make("form", { class: "row", onsubmit: done }, box, make("button", { type: "submit", class: "primary" }, say("save"))));
      box.select();
    }

    #remove(chat) {
      this.store.remove(chat.id);
      this.#forget([chat]);
      this.#draw();
      this.drawer.querySelector("li .title, .close")?.focus();
      this.tell("wence:removed", { id: chat.id });
    }

    // Asks once more in the place of the button.
    #sure(button) {
      const say = this.say;
      const box = make(
        "div",
        { class: "sure", role: "group", "aria-label": say("forget_all") },
        make("p", {}, say("forget_sure")),
        make("div", { class: "row" }, make("button", { type: "button", class: "primary danger", onclick: () => this.#forgetAll() }, say("forget_do")), make("button", { type: "button", class: "plain", onclick: () => (box.replaceWith(button), button.focus()) }, say("cancel"))),
      );
      button.replaceWith(box);
      box.querySelector(".plain").focus();
    }

    async #forgetAll() {
      const chats = this.store.all();
      this.store.clear();
      const reached = await this.#forget(chats);
      this.#draw();
      this.said.textContent = this.say(reached ? "forgotten" : "forgotten_here");
      this.drawer.querySelector(".close").focus();
      this.tell("wence:forgotten");
      if (!reached) for (const chat of chats) this.store.save(chat); // kept until they can be deleted there too
    }

    // The answers kept by the service go too.
    async #forget(chats) {
      const ids = [...new Set(chats.flatMap((chat) => [chat.server, ...chat.turns.map((turn) => turn.answer.conversation_id)]))].filter(Boolean);
      try {
        for (let i = 0; i < ids.length; i += 500) await this.client.json("/api/forget", this.client.post("/api/forget", { conversation_ids: ids.slice(i, i + 500) }));
        return true;
      } catch {
        return false;
      }
    }
  },
);
