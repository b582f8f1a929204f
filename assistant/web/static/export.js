// 下载政策大礼包: the matching of what the form holds now, as a file. `element` is Gradio's; form.js gives `wenceFacts`.
"use strict";
const own = () => element.querySelector("[data-words]");
const word = (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), JSON.parse(own().dataset.words)[key]);
const buttons = () => [...element.querySelectorAll("[data-format]")];
let busy = false;

function say(text, failed = false) {
  const place = element.querySelector(".we-said");
  place.textContent = text;
  place.classList.toggle("we-failed", failed);
}

// The buttons stay in the tab order while a file is made, so that the focus is not lost.
function wait(waiting) {
  busy = waiting;
  for (const button of buttons()) button.setAttribute("aria-disabled", String(waiting));
}

async function fetchFile(format) {
  const response = await fetch("/api/match/export", {
    method: "POST",
    mode: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ facts: globalThis.wenceFacts?.() ?? {}, format, language: own().dataset.language }),
    signal: AbortSignal.timeout(120_000),
  }).catch((error) => {
    throw new Error(word(error.name === "TimeoutError" ? "too_slow" : "no_line"));
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail || word("no_file", { status: response.status }));
  }
  const file = await response.blob().catch(() => {
    throw new Error(word("cut_off"));
  });
  if (format === "ics" && !(await file.text()).includes("BEGIN:VEVENT")) {
    throw new Error(word("no_dates"));
  }
  return { file, name: nameOf(response, format) };
}

// RFC 6266: filename* is the name in Chinese, filename the plain one.
function nameOf(response, format) {
  const header = response.headers.get("Content-Disposition") ?? "";
  const plain = /filename="([^"]+)"/i.exec(header)?.[1] ?? `wence.${format}`;
  const chinese = /filename\*=UTF-8''([^;\s]+)/i.exec(header)?.[1];
  try {
    return chinese ? decodeURIComponent(chinese) : plain;
  } catch {
    return plain;
  }
}

function save({ file, name }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

element.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-format]");
  if (!button || busy) return;
  wait(true);
  say(word("making", { name: button.textContent }));
  try {
    const made = await fetchFile(button.dataset.format);
    save(made);
    say(word("made", { name: made.name }));
  } catch (error) {
    say(word("failed", { reason: error.message }), true);
  } finally {
    wait(false);
  }
});
