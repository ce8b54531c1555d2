// Comfort only: every page works without this file.
"use strict";

// Shows the passwords of a form, and hides them again before it is sent.
for (const button of document.querySelectorAll("button.reveal")) {
  const fields = button.getAttribute("aria-controls").split(" ").map((id) => document.getElementById(id));
  const show = (shown) => {
    button.setAttribute("aria-pressed", String(shown));
    for (const field of fields) field.type = shown ? "text" : "password";
  };
  button.hidden = false;
  button.addEventListener("click", () => show(button.getAttribute("aria-pressed") !== "true"));
  button.form.addEventListener("submit", () => show(false));
}

// Counts down to the next resend. The words change rarely, so that a screen
// reader that looks at them is not interrupted.
for (const wait of document.querySelectorAll("[data-seconds]")) {
  const end = Date.now() + Number(wait.dataset.seconds) * 1000;
  const timer = setInterval(() => {
    const left = Math.ceil((end - Date.now()) / 1000);
    wait.textContent = left > 0 ? `possible in ${left} ${left === 1 ? "second" : "seconds"}` : "";
    if (left <= 0) clearInterval(timer);
  }, 1000);
}

// A page from the back button's memory may hold a stale form.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("form")) location.reload();
});
