// Comfort only: every page works without this file, and the server decides.
"use strict";

const find = (id) => document.getElementById(id);

// Shows the passwords of a form, and hides them again before it is sent.
for (const button of document.querySelectorAll("button.reveal")) {
  const fields = button.getAttribute("aria-controls").split(" ").map(find);
  const show = (shown) => {
    button.setAttribute("aria-pressed", String(shown));
    button.textContent = shown ? button.dataset.hide : button.dataset.show;
    for (const field of fields) field.type = shown ? "text" : "password";
  };
  button.hidden = false;
  button.addEventListener("click", () => show(button.getAttribute("aria-pressed") !== "true"));
  button.form.addEventListener("submit", () => show(false));
}

// The rules that can be checked by counting, as the server counts: code points
// of the composed text (NFC), letters of any script.
const checks = {
  length: (text, least) => [...text].length >= least,
  lowercase: (text) => /\p{Ll}/u.test(text),
  uppercase: (text) => /\p{Lu}/u.test(text),
  digit: (text) => /\p{N}/u.test(text),
  special: (text) => /[^\p{L}\p{N}]/u.test(text),
};

// How many different guesses a text might take, as a power of two: a hint, no
// more. What repeats, counts up or stands beside its neighbour on a keyboard
// adds little; a new word adds about as much as anybody's vocabulary.
const rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "1234567890"];
const isNeighbour = (one, other) => {
  const step = other.codePointAt(0) - one.codePointAt(0);
  return Math.abs(step) <= 1 || rows.some((row) => row.includes(one + other) || row.includes(other + one));
};
const guesses = (text) => {
  const characters = [...text.toLowerCase()];
  const seen = new Map();
  let bits = 0;
  characters.forEach((character, at) => {
    const before = seen.get(character) ?? 0;
    seen.set(character, before + 1);
    const worth = /[a-z]/.test(character) ? 3 : /\p{N}/u.test(character) ? 2.5 : 4;
    const easy = at > 0 && isNeighbour(characters[at - 1], character);
    bits += easy ? 0.5 : worth / (1 + before / 2);
  });
  return new Set(characters).size < 4 ? Math.min(bits, 10) : bits;
};
const levelOf = (text, least) => {
  const bits = guesses(text);
  const level = [18, 28, 38, 50].filter((needed) => bits >= needed).length;
  return [...text].length < least ? Math.min(level, 1) : level;
};

// Marks what is there and shows the strength, while one types. A screen reader
// is told once the typing pauses.
const password = find("new-password");
if (password) {
  const list = document.querySelector("#rules ul");
  const items = [...list.querySelectorAll("[data-check]")];
  const least = Number(items[0]?.dataset.count ?? 0);
  const strength = find("strength");
  const status = find("rules-status");
  const repeat = find("repeat-password");
  const match = find("repeat-status");
  let pause;

  // Says once that somebody has the form before them: a page that is only
  // opened, by a scanner perhaps, has no key pressed and nothing pointed at.
  const form = password.form;
  let told = false;
  const tell = () => {
    if (told) return;
    told = true;
    const body = new URLSearchParams({ form_token: form.elements.form_token.value });
    fetch("/reset-password/opened", { method: "POST", body, keepalive: true }).catch(() => {});
  };
  for (const sign of ["keydown", "pointerdown", "pointermove"]) addEventListener(sign, tell, { once: true });

  const look = () => {
    const text = password.value.normalize("NFC");
    const left = [];
    for (const item of items) {
      const met = checks[item.dataset.check](text, Number(item.dataset.count));
      item.classList.toggle("done", met);
      item.querySelector(".met").hidden = !met;
      if (!met) left.push(item.querySelector(".rule").textContent);
    }
    const level = text === "" ? "" : String(levelOf(text, least));
    strength.dataset.level = level;
    const words = level === "" ? "" : strength.dataset.text.replace("%", strength.dataset[level]);
    strength.querySelector(".level").textContent = words;
    clearTimeout(pause);
    if (text !== "") pause = setTimeout(() => {
      const rest = list.dataset.left.replace("%", left.join(", "));
      status.textContent = `${left.length === 0 ? list.dataset.met : rest} ${words}`;
    }, 1200);
    compare();
  };
  // Says that they differ only once the second one is as long as the first.
  const compare = () => {
    const [one, other] = [password.value, repeat.value];
    const same = one !== "" && one === other;
    const told = same ? match.dataset.match : other.length >= one.length && other !== "" ? match.dataset.differ : "";
    if (match.textContent !== told) match.textContent = told;
    match.classList.toggle("good", same);
    match.classList.toggle("bad", told !== "" && !same);
  };
  password.addEventListener("input", look);
  repeat.addEventListener("input", compare);
  if (password.value !== "") look();
}

// Counts down to the next resend. The moving digits are no live text: a screen
// reader hears once that it is possible again.
for (const wait of document.querySelectorAll("[data-seconds]")) {
  const button = wait.parentElement.querySelector("button");
  const end = Date.now() + Number(wait.dataset.seconds) * 1000;
  const early = (event) => event.preventDefault();
  const clock = (left) => `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) {
      wait.textContent = wait.dataset.text.replace("%", clock(left));
      return;
    }
    clearInterval(timer);
    wait.textContent = "";
    button.removeAttribute("aria-disabled");
    button.removeEventListener("click", early);
    find("resend-now").textContent = wait.dataset.now;
  };
  const timer = setInterval(tick, 1000);
  button.setAttribute("aria-disabled", "true");
  button.addEventListener("click", early);
  tick();
}

// A page from the back button's memory may hold a stale form.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("form")) location.reload();
});
