// 问策: one line puts the chat on any page.
//   <script src="https://HOST/widget.js" async></script>
// Options as data- attributes: data-greeting, data-open ("1"), data-language (zh, zh-Hant, en).
"use strict";
(() => {
  const script = document.currentScript;
  const host = new URL(script.src).origin;
  const options = script.dataset;
  const css = `
    :host { all: initial; }
    * { box-sizing: border-box; font: 15px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
    button { cursor: pointer; border: 0; border-radius: 8px; background: #0b57a4; color: #fff; padding: 8px 14px; }
    button:focus-visible, textarea:focus-visible, a:focus-visible { outline: 3px solid #f5a524; outline-offset: 2px; }
    .launcher { position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483000; border-radius: 999px; padding: 12px 20px; box-shadow: 0 4px 16px #0004; }
    .panel { position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483000; inline-size: min(400px, 100vw); block-size: min(600px, 90vh); display: flex; flex-direction: column; background: #fff; color: #1c2024; border-radius: 12px; box-shadow: 0 8px 32px #0005; overflow: hidden; }
    .panel[hidden], .launcher[hidden] { display: none; }
    header { display: flex; justify-content: space-between; align-items: center; padding: 8px 8px 8px 16px; background: #f3f5f8; }
    header strong { font-weight: 600; }
    header button { background: transparent; color: inherit; font-size: 20px; padding: 2px 10px; }
    .log { flex: 1; overflow-y: auto; padding: 12px 16px; }
    .log p { margin: 0 0 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
    .asked { background: #e6f0fb; border-radius: 8px; padding: 6px 10px; }
    .phase { color: #5a6472; }
    .sources { margin: 0 0 16px; padding-inline-start: 22px; font-size: 13px; }
    .sources * { font-size: 13px; }
    .sources blockquote { margin: 2px 0 8px; padding-inline-start: 8px; border-inline-start: 3px solid #0b57a4; }
    form { display: flex; gap: 8px; padding: 8px; border-block-start: 1px solid #d5dae1; }
    textarea { flex: 1; resize: none; border: 1px solid #98a2b0; border-radius: 8px; padding: 6px 8px; color: inherit; background: #fff; }
    @media (max-width: 480px) { .panel { inset: 0; inline-size: 100vw; block-size: 100dvh; border-radius: 0; } }
  `;

  function make(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  // Reads a stream of server-sent events: calls take(event name, data) for each.
  async function readEvents(body, take) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      buffer += value;
      const parts = buffer.split("\n\n");
      buffer = parts.pop();
      for (const part of parts) {
        const name = /^event: (.*)$/m.exec(part)?.[1];
        const data = [...part.matchAll(/^data: (.*)$/gm)].map((m) => m[1]).join("\n");
        if (name) take(name, JSON.parse(data));
      }
    }
  }

  class WenceChat extends HTMLElement {
    #conversation = null;

    connectedCallback() {
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
      this.launcher = make("button", { class: "launcher", type: "button" }, "问策");
      this.log = make("div", { class: "log", role: "log", "aria-live": "polite" });
      this.input = make("textarea", { rows: "2", "aria-label": "问题", placeholder: "问扶持政策…" });
      const close = make("button", { type: "button", "aria-label": "关闭" }, "×");
      const form = make("form", {}, this.input, make("button", { type: "submit" }, "提问"));
      const bar = make("header", {}, make("strong", {}, "问策 · 扶持政策问答"), close);
      this.panel = make("section", { class: "panel", role: "dialog", "aria-label": "问策" }, bar, this.log, form);
      root.append(this.launcher, this.panel);
      this.log.append(make("p", {}, options.greeting || "问扶持政策，答案句句有出处。"));
      this.launcher.addEventListener("click", () => this.show(true));
      close.addEventListener("click", () => this.show(false));
      this.panel.addEventListener("keydown", (event) => event.key === "Escape" && this.show(false));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.ask(this.input.value);
      });
      this.input.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          form.requestSubmit();
        }
      });
      this.#toggle(options.open === "1"); // the host page keeps its focus
    }

    #toggle(open) {
      this.panel.hidden = !open;
      this.launcher.hidden = open;
    }

    show(open) {
      this.#toggle(open);
      (open ? this.input : this.launcher).focus({ preventScroll: true });
    }

    async ask(text) {
      if (!text.trim() || this.busy) return;
      this.busy = true;
      this.input.value = "";
      this.log.append(make("p", { class: "asked" }, text));
      const said = make("p", { class: "phase" }, "正在理解问题…");
      this.log.append(said);
      try {
        await this.#stream(text, said);
      } catch {
        said.textContent = "没有连上，请稍后再试。";
      }
      this.busy = false;
      this.log.scrollTop = this.log.scrollHeight;
    }

    async #stream(text, said) {
      const question = { question: text, conversation_id: this.#conversation, language: options.language || null };
      const response = await fetch(`${host}/api/ask`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
        body: JSON.stringify(question),
      });
      if (!response.ok) {
        said.textContent = (await response.json()).detail;
        return;
      }
      const phases = { understand: "正在理解问题…", retrieve: "正在查找文件…", draft: "正在核对依据…" };
      let written = "";
      await readEvents(response.body, (name, data) => {
        if (name === "progress") said.textContent = written || phases[data.phase] || "";
        if (name === "delta") {
          written += data.text;
          said.className = "";
          said.textContent = written;
        }
        if (name === "error") said.textContent = data.detail;
        if (name === "final") this.#finish(data, said);
      });
    }

    #finish(answer, said) {
      this.#conversation = answer.conversation_id;
      said.className = "";
      said.textContent = answer.text;
      for (const notice of answer.notices) this.log.append(make("p", { class: "phase" }, `※ ${notice}`));
      if (answer.citations.length) {
        const list = make("ol", { class: "sources", "aria-label": "出处" });
        for (const c of answer.citations) {
          const address = `${host}/documents/${encodeURIComponent(c.document_id)}?v=${c.version}#${c.start}-${c.end}`;
          const link = make("a", { href: address, target: "_blank", rel: "noopener" }, `《${c.title}》${c.article ?? ""}`);
          const item = make("li", { value: c.number }, link);
          if (c.digest) item.append(" 本站摘编，非原文");
          if (c.url && /^https?:/.test(c.url)) {
            item.append(" ", make("a", { href: c.url, target: "_blank", rel: "noopener noreferrer" }, "官方页面"));
          }
          item.append(make("blockquote", {}, c.quote));
          list.append(item);
        }
        this.log.append(list);
      }
      this.dispatchEvent(new CustomEvent("wence:answer", { detail: answer, bubbles: true, composed: true }));
    }
  }

  if (!customElements.get("wence-chat")) customElements.define("wence-chat", WenceChat);
  const mount = () => document.body.append(document.createElement("wence-chat"));
  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount);
})();
