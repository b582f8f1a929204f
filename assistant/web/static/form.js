// The form's side of 我能拿到什么: what the inputs hold is the component's value, {fact: text}. Runs when the form is shown;
// `element`, `props`, `trigger` and `watch` are Gradio's.
"use strict";
const inputs = () => [...element.querySelectorAll("[name]")];
const fields = () => [...element.querySelectorAll(".wf-field")];

function told() {
  const facts = {};
  for (const input of inputs()) {
    if (input.matches("[type=radio], [type=checkbox]") && !input.checked) continue;
    const text = input.value.trim();
    if (text) facts[input.name] = input.name in facts ? `${facts[input.name]}、${text}` : text;
  }
  return facts;
}

globalThis.wenceFacts = told; // what export.js asks for

const implied = (select) => JSON.parse(select.selectedOptions[0]?.dataset.implies || "{}");

function fill(facts) {
  for (const input of inputs()) {
    const text = facts[input.name] ?? "";
    if (input.type === "radio") input.checked = input.value === (["是", "否"].includes(text) ? text : "");
    else if (input.type === "checkbox") input.checked = text.split("、").includes(input.value);
    else input.value = text;
    if (input.tagName === "SELECT" && input.selectedIndex < 0) input.value = "";
  }
  // Who heard 南山区 heard 深圳市.
  for (const select of element.querySelectorAll("select")) {
    for (const [key, value] of Object.entries(implied(select))) {
      const wider = element.querySelector(`select[name="${key}"]`);
      if (wider && !wider.value) wider.value = value;
    }
  }
  arrange();
}

// What only other places ask for is put away once the place is known; groups with something told are open.
function arrange() {
  const facts = told();
  const chosen = [...element.querySelectorAll("option:checked[data-path]")].map((option) => option.dataset.path);
  const home = chosen.filter(Boolean).sort((a, b) => b.length - a.length)[0];
  const within = (inner, outer) => `${inner}/`.startsWith(`${outer}/`);
  for (const field of fields()) {
    const places = JSON.parse(field.dataset.places);
    const near = !home || !places.length || places.some((p) => !p || within(p, home) || within(home, p));
    field.hidden = !near && !(field.dataset.key in facts);
  }
  for (const group of element.querySelectorAll(".wf-group")) {
    const own = [...group.querySelectorAll(".wf-field")].filter((field) => !field.hidden);
    const filled = own.filter((field) => field.dataset.key in facts).length;
    group.hidden = !own.length;
    const { count, filled: some } = element.querySelector("form").dataset;
    group.querySelector("small").textContent = (filled ? some : count).replace("{filled}", filled).replace("{n}", own.length);
  }
}

// What was told last: when it comes back late, while the reader goes on, it is no news.
let said = [];

// The conversation knows what the form was told.
function share() {
  dispatchEvent(new CustomEvent("wence:told", { detail: { facts: props.value ?? {} } }));
}

function tell() {
  arrange();
  props.value = told();
  said = [...said.slice(-20), JSON.stringify(props.value)];
  share();
  trigger("input");
}

// 南山区 lies in 深圳市: the wider place follows, and a narrower one that contradicts it is let go.
function followPlaces(changed) {
  for (const [key, value] of Object.entries(implied(changed))) {
    const wider = element.querySelector(`select[name="${key}"]`);
    if (wider) wider.value = value;
  }
  for (const select of element.querySelectorAll("select")) {
    const wider = implied(select)[changed.name];
    if (wider && changed.value && wider !== changed.value) select.value = "";
  }
}

element.addEventListener("change", (event) => {
  if (event.target.tagName === "SELECT") followPlaces(event.target);
  const group = element.querySelector(`.wf-group[data-basis="${event.target.name}"]`);
  if (group && event.target.value.trim()) group.open = true;
  tell();
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  tell();
  const results = document.getElementById("match-results");
  if (results.getBoundingClientRect().top > innerHeight / 2 || results.getBoundingClientRect().top < 0) {
    results.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }
});
element.addEventListener("reset", () => setTimeout(tell));
watch("value", () => {
  if (location.hash.startsWith("#match=")) share(); // a shared link tells the conversation too
  if (!said.includes(JSON.stringify(props.value ?? {}))) fill(props.value ?? {});
  else if (JSON.stringify(props.value) !== JSON.stringify(told())) props.value = told();
});

function start() {
  const facts = props.value ?? {};
  fill(facts);
  for (const group of element.querySelectorAll(".wf-group")) {
    const keys = [group.dataset.basis, ...[...group.querySelectorAll(".wf-field")].map((field) => field.dataset.key)];
    group.open = keys.some((key) => key in facts);
  }
}

// In another language the same inputs get other words; what stood open or hidden is put right again.
new MutationObserver(start).observe(element, { attributes: true, attributeFilter: ["lang"], subtree: true });
start();
if (location.hash.startsWith("#match=")) share();
