// 下载政策大礼包: the matching of what the form holds now, as a file. `element` is Gradio's; form.js gives `wenceFacts`.
"use strict";
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
    body: JSON.stringify({ facts: globalThis.wenceFacts?.() ?? {}, format }),
    signal: AbortSignal.timeout(120_000),
  }).catch((error) => {
    throw new Error(error.name === "TimeoutError" ? "等得太久，请稍后再试。" : "连不上服务，请检查网络后再试。");
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail || `服务没有给出文件（${response.status}），请稍后再试。`);
  }
  const file = await response.blob().catch(() => {
    throw new Error("文件没有传完，请再试一次。");
  });
  if (format === "ics" && !(await file.text()).includes("BEGIN:VEVENT")) {
    throw new Error("可能适合的项目都没有已公布、尚未截止的受理时间，日历里没有可放的日程。可以改下 Word 或 PDF。");
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
  say(`正在生成…（${button.textContent}）`);
  try {
    const made = await fetchFile(button.dataset.format);
    save(made);
    say(`已下载：${made.name}`);
  } catch (error) {
    say(`没有下载成：${error.message}`, true);
  } finally {
    wait(false);
  }
});
