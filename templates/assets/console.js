// Comfort only: every screen works without this file.
"use strict";

// Copies a secret that is shown once.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

// A form that was sent is not sent again by a second click.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

// A page from the back button's memory may hold what is over, or a secret.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// The template editor: remarks and the preview follow what is typed.
for (const form of document.querySelectorAll("form.editor")) {
  const by = (id) => document.getElementById(id);
  let timer, asked = 0;
  const say = (answer) => {
    const remarks = answer.error ? [{ bad: true, text: answer.error }] : answer.marks.map((mark) => (
      { bad: mark.bad, text: `${mark.part}, line ${mark.line}, column ${mark.column}: ${mark.message}` }));
    by("mark-list").replaceChildren(...remarks.map((remark) => {
      const line = document.createElement("li");
      line.className = remark.bad ? "bad" : "soft";
      line.textContent = remark.text;
      return line;
    }));
    by("no-marks").hidden = remarks.length > 0;
    by("inbox").hidden = by("as-text").hidden = !answer.mail;
    if (!answer.mail) return;
    by("seen-subject").textContent = answer.mail.subject;
    by("seen-preheader").textContent = answer.mail.preheader;
    by("seen-text").textContent = answer.mail.text;
  };
  const look = async () => {
    const mine = ++asked;
    const answer = await fetch(form.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (mine !== asked || !answer.ok || answer.redirected) return;
    say(await answer.json());
    form.requestSubmit(by("show-preview"));
  };
  form.addEventListener("input", (event) => {
    if (event.target.tagName !== "TEXTAREA") return;
    clearTimeout(timer);
    timer = setTimeout(look, 250);
  });
  const frame = by("preview");
  by("see-narrow").addEventListener("change", (event) => frame.classList.toggle("narrow-frame", event.target.checked));
  by("see-dark").addEventListener("change", (event) => frame.classList.toggle("dark-frame", event.target.checked));
  by("show-preview").hidden = true;
  look();
}

// A chosen image travels in a field of its own.
for (const chooser of document.querySelectorAll("input[data-into]")) {
  chooser.disabled = false;
  chooser.addEventListener("change", () => {
    const [file] = chooser.files;
    const into = document.getElementById(chooser.dataset.into);
    into.value = "";
    if (!file) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => { into.value = reader.result.split(",")[1]; });
    reader.readAsDataURL(file);
  });
}
