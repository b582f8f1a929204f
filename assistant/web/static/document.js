// Marks the span of the address's fragment (#812-868, in Unicode code points) and scrolls to it.
"use strict";
function markSpan() {
  const found = /^#(\d+)-(\d+)$/.exec(location.hash);
  const article = document.getElementById("text");
  const points = Array.from(article.textContent);
  article.textContent = article.textContent; // drop an earlier mark
  if (!found) return;
  const start = Number(found[1]);
  const end = Math.min(Number(found[2]), points.length);
  if (start >= end) return;
  const mark = document.createElement("mark");
  mark.tabIndex = -1;
  mark.textContent = points.slice(start, end).join("");
  article.replaceChildren(points.slice(0, start).join(""), mark, points.slice(end).join(""));
  mark.scrollIntoView({ block: "center" });
  mark.focus({ preventScroll: true });
}
addEventListener("hashchange", markSpan);
markSpan();
const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => globalThis.print());
// On a narrow screen the list of clauses would push the text away.
if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".clauses details")?.removeAttribute("open");
