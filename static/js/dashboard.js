// What the desk does more comfortably with scripts. Everything works without them.
"use strict";

// Keys: "/" to the search or the first filter, "?" shows the keys, "g t" to Today.
const keys = document.getElementById("keys");
let before = "";
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
  const last = before;
  before = event.key;
  if (event.key === "/") {
    const field = document.querySelector("main input[type=search], .filters select, main form:not([data-preview]) input:not([type=hidden])");
    if (field) { event.preventDefault(); field.focus(); if (field.select) { field.select(); } }
  } else if (event.key === "?" && keys && !keys.open) {
    event.preventDefault();
    keys.showModal();
  } else if (event.key === "t" && last === "g") {
    window.location.assign("/dashboard/");
  }
});
for (const button of document.querySelectorAll("[data-keys-open]")) {
  button.hidden = false;
  button.addEventListener("click", () => keys.showModal());
}

// Live preview: what was typed, as the server shows it, a moment after the last key.
for (const form of document.querySelectorAll("form[data-preview]")) {
  const sheet = document.getElementById("preview");
  let timer = 0, asked = null;
  const show = async () => {
    if (asked) { asked.abort(); }
    asked = new AbortController();
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), signal: asked.signal });
      if (answer.ok && !answer.redirected) { sheet.innerHTML = await answer.text(); }
    } catch (error) {
      if (error.name !== "AbortError") { sheet.dataset.stale = "yes"; }
    }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 350); });
}

// An export that is being written: ask every second how far it is; when it is done, the page shows the file.
for (const box of document.querySelectorAll("[data-progress]")) {
  const bar = box.querySelector("progress"), written = box.querySelector("[data-written]");
  const look = async () => {
    try {
      const answer = await fetch(box.dataset.progress);
      if (!answer.ok || answer.redirected) { return; }
      const state = await answer.json();
      if (state.is_finished) { window.location.reload(); return; }
      bar.value = state.written;
      written.textContent = state.written.toLocaleString("en-US");
    } catch { /* the network is away for a moment: ask again */ }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}

// A mailing that runs: its numbers every few seconds; the whole page again when it stands somewhere else.
for (const box of document.querySelectorAll("[data-live]:not([data-over])")) {
  const look = async () => {
    try {
      const answer = document.hidden ? null : await fetch(box.dataset.live);
      if (answer && (!answer.ok || answer.redirected)) { return; }
      if (answer) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-status]");
        if (fresh.dataset.status !== box.dataset.status) { window.location.reload(); return; }
        if (!box.contains(document.activeElement)) { box.replaceChildren(fresh); }
      }
    } catch { /* the network is away for a moment: ask again */ }
    setTimeout(look, 3000);
  };
  setTimeout(look, 3000);
}

// Whoever types a time means that time.
for (const field of document.querySelectorAll("input[name=day], input[name=time]")) {
  const radio = document.querySelector("input[name=when][value=at]");
  if (radio) { field.addEventListener("input", () => { radio.checked = true; }); }
}
