// The HTTP API as the elements use it. Nothing else leaves the page, and only for the host the script came from.
class Failed extends Error {
  constructor(kind, detail = "", values = {}) {
    super(detail || kind);
    Object.assign(this, { kind, detail, values });
  }
}

const pause = (ms, signal) =>
  new Promise((done, fail) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), fail(signal.reason)), { once: true });
  });

// Until the network is back, or the time is over.
const online = (ms, signal) =>
  navigator.onLine ? pause(Math.min(ms, 4000), signal) : Promise.race([new Promise((done) => addEventListener("online", done, { once: true })), pause(30_000, signal)]);

// Server-sent events: take(name, data, id) for each; comments (heartbeats) are passed over.
async function readEvents(body, take) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).replace(/\r\n?/g, "\n").split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const fields = { event: "message", data: [], id: null };
      for (const line of part.split("\n")) {
        const [, name, text] = /^(\w+): ?(.*)$/.exec(line) ?? [];
        if (name === "data") fields.data.push(text);
        else if (name) fields[name] = text;
      }
      if (fields.data.length) take(fields.event, JSON.parse(fields.data.join("\n")), fields.id);
      if (fields.event === "progress") await pause(40); // a phase is seen, however fast the next one follows
    }
  }
}

class Client {
  #documents = new Map();

  // `headers` may give a site's token for each call.
  constructor(base = HOME, headers = async () => ({})) {
    this.base = base;
    this.headers = headers;
  }

  async fetch(path, options = {}) {
    const headers = { ...(options.headers ?? {}), ...(await this.headers()) };
    try {
      return await fetch(this.base + path, { credentials: this.base === location.origin ? "same-origin" : "omit", ...options, headers });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Failed(navigator.onLine ? "lost" : "offline");
    }
  }

  async json(path, options) {
    const response = await this.fetch(path, options);
    if (!response.ok) throw await this.#refusal(response);
    return response.status === 204 ? null : response.json();
  }

  post(path, body, options = {}) {
    const headers = { "Content-Type": "application/json", ...(options.headers ?? {}) };
    return { method: "POST", body: JSON.stringify(body), ...options, headers };
  }

  async #refusal(response) {
    const problem = await response.json().catch(() => ({}));
    const seconds = response.headers.get("Retry-After");
    if (response.status === 429 && seconds) return new Failed("busy_wait", problem.detail, { seconds });
    return new Failed("refused", problem.detail, { status: response.status });
  }

  // One question: take(event, data) as events come; gives the answer. A broken stream is picked up where it broke.
  async ask(body, take, signal) {
    const state = { id: null, conversation: "", last: null, answer: null };
    const hear = (name, data, id) => {
      if (id != null) state.last = id;
      state.id = data.question_id ?? state.id;
      state.conversation = data.conversation_id || state.conversation; // told at the start, not when taken up again
      if (name === "error") throw new Failed("refused", data.detail, { status: data.status });
      if (name === "final") state.answer = { ...data, conversation_id: state.conversation };
      take(name, data);
    };
    const headers = { Accept: "text/event-stream" };
    const response = await this.fetch("/api/ask", this.post("/api/ask", body, { headers, signal }));
    if (!response.ok) throw await this.#refusal(response);
    state.id = response.headers.get("X-Question-Id") ?? response.headers.get("Question-Id");
    await this.#drain(response, hear, state, signal);
    for (let turn = 0; !state.answer && state.id && turn < 6; turn += 1) {
      take("resuming", {});
      await online(500 * 2 ** turn, signal);
      await this.#resume(hear, state, signal);
    }
    if (!state.answer) throw new Failed(navigator.onLine ? "lost" : "offline");
    return state.answer;
  }

  async #drain(response, hear, state, signal) {
    try {
      await readEvents(response.body, hear);
    } catch (error) {
      if (error.kind || signal?.aborted) throw error;
    }
  }

  async #resume(hear, state, signal) {
    try {
      const path = `/api/answers/${encodeURIComponent(state.id)}`;
      const headers = { Accept: "text/event-stream", ...(state.last != null && { "Last-Event-ID": state.last }) };
      const response = await this.fetch(`${path}/events`, { headers, signal });
      if (response.ok) await this.#drain(response, hear, state, signal);
      else hear("final", await this.json(path, { signal }));
    } catch (error) {
      if (signal?.aborted || (error.kind && error.detail && error.values.status !== 404)) throw error;
    }
  }

  document(id, version) {
    const path = `/api/documents/${encodeURIComponent(id)}?v=${version}`;
    if (!this.#documents.has(path)) {
      const coming = this.json(path);
      coming.catch(() => this.#documents.delete(path));
      this.#documents.set(path, coming);
    }
    return this.#documents.get(path);
  }

  facts() {
    this.#facts ??= this.json("/api/facts").then((rows) => new Map(rows.map((row) => [row.key, row])));
    this.#facts.catch(() => (this.#facts = null));
    return this.#facts;
  }

  #facts = null;

  rate(body) {
    return this.json("/api/feedback", this.post("/api/feedback", body));
  }

  page(citation) {
    return `${this.base}/documents/${encodeURIComponent(citation.document_id)}?v=${citation.version}#${citation.start}-${citation.end}`;
  }
}
