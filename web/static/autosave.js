// The report form: saves the draft while it is typed, counts characters, hides what does not apply.
// Without this module the form works the same: its button saves, its hints say when a question applies.

const PAUSE = 1500; // milliseconds without a key before a draft is saved
const RETRY = 15000;

const form = document.getElementById("report");
const status = document.getElementById("save-status");
const words = form.dataset;
const storageKey = `meguru:${words.person}:${location.pathname}`;
const fields = [...form.elements].filter((field) => field.name.startsWith(words.prefix));

let timer;
let saving = null; // the save in flight
let dirty = false; // something was typed that no save has taken yet
let stopped = "conflict" in words; // a person has to decide first: nothing saves by itself any more
let leaving = false;

function answers() {
  const found = {};
  for (const field of fields) {
    if (!/radio|checkbox/.test(field.type) || field.checked) found[field.name.slice(words.prefix.length)] = field.value;
  }
  return found;
}

function say(text, isTrouble = false) {
  status.textContent = text;
  status.classList.toggle("save-status--trouble", isTrouble);
}

// A text of the page with its places filled in: "{n} / {limit}".
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function remember() {
  sessionStorage.setItem(storageKey, JSON.stringify({ answers: answers(), revision: form.elements.revision.value }));
}

function schedule(pause = PAUSE) {
  clearTimeout(timer);
  if (!stopped && !leaving) timer = setTimeout(save, pause);
}

function save() {
  clearTimeout(timer);
  if (saving) return saving.then(() => (dirty ? save() : undefined));
  if (!dirty || stopped || leaving) return Promise.resolve();
  dirty = false;
  say(words.textSaving);
  saving = send().finally(() => void (saving = null));
  return saving;
}

async function send() {
  let response;
  try {
    response = await fetch(words.autosave, {
      method: "PUT",
      redirect: "manual",
      keepalive: document.visibilityState === "hidden",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": form.elements.csrf_token.value },
      body: JSON.stringify({ answers: answers(), revision: Number(form.elements.revision.value) }),
    });
  } catch {
    dirty = true;
    say(words.textOffline, true);
    return schedule(RETRY);
  }
  if (response.ok) return saved(await response.json());
  dirty = true;
  if (response.status === 409) {
    stopped = true;
    const { editor } = await response.json();
    return say(filled(words.textConflict, { editor: editor || words.textSomebody }), true);
  }
  if (response.status === 410) {
    stopped = true;
    return say(words.textClosed, true);
  }
  if (response.type === "opaqueredirect" || response.status === 403) {
    stopped = true;
    return say(words.textSignedOut, true);
  }
  say(words.textOffline, true);
  return schedule(RETRY);
}

function saved({ revision, saved_at }) {
  form.elements.revision.value = revision;
  if (dirty) remember();
  else sessionStorage.removeItem(storageKey);
  const time = new Intl.DateTimeFormat("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });
  say(`${words.textSaved} ${time.format(new Date(saved_at))}`);
}

// What was typed into a page whose session ended, or whose browser closed, comes back. It keeps the
// revision it was typed upon, so that somebody else's work in between is noticed, never overwritten.
function restore() {
  const kept = JSON.parse(sessionStorage.getItem(storageKey) ?? "null");
  if (!kept || stopped) return;
  const shown = answers();
  if (fields.every((field) => same(kept, shown, field.name.slice(words.prefix.length)))) {
    return sessionStorage.removeItem(storageKey);
  }
  for (const field of fields) {
    const text = kept.answers[field.name.slice(words.prefix.length)] ?? "";
    if (/radio|checkbox/.test(field.type)) field.checked = field.value === text;
    else field.value = text;
  }
  form.elements.revision.value = kept.revision;
  dirty = true;
  say(words.textRestored);
  schedule();
}

function same(kept, shown, question) {
  return (kept.answers[question] ?? "").trim() === (shown[question] ?? "").trim();
}

// As the server counts: a composed character is one, a line end none.
function length(text) {
  return [...text.trim().normalize("NFC")].filter((c) => !/[\n\r\u200d]|\p{M}/u.test(c)).length;
}

function count(field) {
  const counter = document.getElementById(`${field.id}-counter`);
  const limit = Number(field.dataset.limit);
  const over = length(field.value) - limit;
  counter.hidden = false;
  const text = over > 0 ? words.textOver : words.textCounter;
  counter.textContent = filled(text, { n: over > 0 ? over : length(field.value), limit });
  counter.classList.toggle("counter--over", over > 0);
}

function hideWhatDoesNotApply() {
  const given = answers();
  for (const block of form.querySelectorAll("[data-shown-question]")) {
    block.hidden = !applies(block.dataset, given[block.dataset.shownQuestion] ?? "");
  }
}

// A number brings a question up wherever it is, or only outside its limits.
function applies({ shownNumber, shownBelow, shownAbove, shownAmong }, answer) {
  if (shownNumber === undefined) return shownAmong.split(" ").includes(answer);
  const typed = answer.normalize("NFKC").replace("\u2212", "-").replaceAll(",", "").trim();
  const isOutside = Number(typed) < Number(shownBelow ?? -Infinity) || Number(typed) > Number(shownAbove ?? Infinity);
  return /^[-+]?\d+(\.\d+)?$/.test(typed) && (isOutside || !(shownBelow ?? shownAbove));
}

function show() {
  for (const field of fields) if (field.dataset.limit) count(field);
  hideWhatDoesNotApply();
}

form.addEventListener("input", (event) => {
  dirty = true;
  remember();
  if (event.target.dataset.limit) count(event.target);
  hideWhatDoesNotApply();
  schedule();
});

// The form must be sent with the revision of the last save, so a save in flight is waited for.
form.addEventListener(
  "submit",
  (event) => {
    clearTimeout(timer);
    if (saving) {
      event.preventDefault();
      dirty = false;
      saving.finally(() => form.requestSubmit(event.submitter));
      return;
    }
    leaving = true;
    remember();
  },
  { capture: true },
);

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") save();
});

for (const element of form.querySelectorAll(".when")) element.hidden = true;
restore();
show();
