// Conversations in this browser's storage, newest first: {id, title, at, server, facts, corrections, turns: [{question, answer}]}.
const MOST_CHATS = 50;
const MOST_TURNS = 40;

class Store {
  #memory = []; // where the browser keeps nothing

  constructor(name = "wence") {
    this.key = `${name}:conversations`;
  }

  all() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "[]");
      return Array.isArray(kept) ? kept.filter((chat) => chat?.id && Array.isArray(chat.turns)) : [];
    } catch {
      return this.#memory;
    }
  }

  get(id) {
    return this.all().find((chat) => chat.id === id);
  }

  // False when the browser would not keep it.
  save(chat) {
    const kept = { ...chat, at: Date.now(), turns: chat.turns.slice(-MOST_TURNS) };
    const others = this.all().filter((other) => other.id !== chat.id);
    return this.#write([kept, ...others].slice(0, MOST_CHATS));
  }

  rename(id, title) {
    this.#write(this.all().map((chat) => (chat.id === id ? { ...chat, title } : chat)));
  }

  remove(id) {
    this.#write(this.all().filter((chat) => chat.id !== id));
  }

  clear() {
    this.#memory = [];
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith("wence")) localStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  }

  #write(chats) {
    this.#memory = chats;
    for (let most = chats.length; most > 0; most = Math.floor(most / 2)) {
      try {
        localStorage.setItem(this.key, JSON.stringify(chats.slice(0, most)));
        return true;
      } catch {
        // Full: the oldest give way.
      }
    }
    if (!chats.length) this.#drop();
    return !chats.length;
  }

  #drop() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Nothing was kept.
    }
  }
}

function remember(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(`wence:${key}`);
    localStorage.setItem(`wence:${key}`, value);
  } catch {
    // The browser keeps nothing: the choice holds for this page.
  }
  return null;
}
