// The results' side of 我能拿到什么: notes go beside their inputs, questions lead to them, what was unfolded stays so.
"use strict";
const unfolded = new Map();

function showNotes() {
  const page = element.querySelector(".wence-match");
  const notes = JSON.parse(page?.dataset.notes || "{}");
  for (const place of document.querySelectorAll(".wf-note")) {
    const note = notes[place.id.replace(/^note-/, "")] ?? {};
    const read = (page?.dataset.understood ?? "").replace("{text}", note.understood);
    place.textContent = note.problem ?? (note.understood ? read : "");
    place.classList.toggle("wf-problem", "problem" in note);
    const input = place.parentElement.querySelector("input[type=text], select");
    if (input) input.setAttribute("aria-invalid", String("problem" in note));
  }
  // What cannot be read is asked back here; the conversation is not to take it along.
  const unreadable = Object.keys(notes).filter((key) => "problem" in notes[key]);
  if (unreadable.length) dispatchEvent(new CustomEvent("wence:unreadable", { detail: { keys: unreadable } }));
  for (const fold of element.querySelectorAll("details[data-fold]")) {
    if (unfolded.has(fold.dataset.fold)) fold.open = unfolded.get(fold.dataset.fold);
  }
}

element.addEventListener("click", (event) => {
  const fold = event.target.closest("summary")?.parentElement;
  if (fold?.dataset.fold) unfolded.set(fold.dataset.fold, !fold.open);
  const key = event.target.closest("[data-fact]")?.dataset.fact;
  const field = key && document.querySelector(`.wf-field[data-key="${key}"]`);
  if (!field) return;
  field.hidden = false;
  const group = field.closest("details");
  if (group) {
    group.hidden = false;
    group.open = true;
  }
  field.scrollIntoView({ block: "center" });
  const input = field.querySelector("input:checked") ?? field.querySelector("input, select");
  input.focus({ preventScroll: true });
});
watch("value", showNotes);
showNotes();
