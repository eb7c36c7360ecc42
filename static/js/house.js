// Small comforts. Every page does its work without them.
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy");
    }
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}

// Without a network a form is not sent: what was typed stays where it is.
for (const form of document.querySelectorAll("form[data-keep]")) {
  form.addEventListener("submit", (event) => {
    const told = form.querySelector(".offline");
    if (told) told.remove();
    if (navigator.onLine) return;
    event.preventDefault();
    const words = document.createElement("p");
    words.className = "notice wait offline";
    words.setAttribute("role", "alert");
    words.textContent = form.dataset.keep;
    form.append(words);
  });
}

// A form that is on its way is not sent a second time by an impatient thumb.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
