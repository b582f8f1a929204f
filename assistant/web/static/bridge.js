// Between the conversation and Gradio: what it heard of the firm, and its language, become this component's value.
"use strict";
const tell = (change, event) => {
  props.value = { ...(props.value ?? {}), ...change };
  trigger(event);
};
// A paper's page leads back to the library.
if (location.hash === "#library") setTimeout(() => [...document.querySelectorAll("#tabs [role=tab]")].at(2)?.click());
element.addEventListener("wence:heard", (event) => tell({ facts: event.detail.facts }, "input"));
element.addEventListener("wence:language", (event) => tell({ language: event.detail.language }, "change"));
