// The report form: saves the draft while it is typed, counts characters, hides what does not apply.
// Without this module the form works the same: its button saves, its hints say when a question applies.

import { answers, clock, fields, form, markOf, put, questionOf, questions, same, say, words } from "./fields.js";
import { filled, length } from "./length.js";
import { agree, base, isShared, keepLooking } from "./together.js";

const PAUSE = 1500; // milliseconds without a key before a draft is saved
const RETRY = 15000;

const storageKey = `meguru:${words.person}:${location.pathname}`;

let timer;
let saving = null; // the save in flight
let dirty = false; // something was typed that no save has taken yet
let stopped = "conflict" in words; // a person has to decide first: nothing saves by itself any more
let leaving = false;

function marks() {
  return Object.fromEntries(questions.map((question) => [question, markOf(question)?.value ?? ""]));
}

function remember() {
  const typed = { answers: answers(), revision: form.elements.revision.value };
  sessionStorage.setItem(storageKey, JSON.stringify(isShared ? { ...typed, base, seen: marks() } : typed));
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
  const sent = answers();
  try {
    response = await fetch(words.autosave, {
      method: "PUT",
      redirect: "manual",
      keepalive: document.visibilityState === "hidden",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": form.elements.csrf_token.value },
      body: JSON.stringify({
        answers: sent,
        revision: Number(form.elements.revision.value),
        ...(isShared ? { seen: marks() } : {}),
      }),
    });
  } catch {
    dirty = true;
    say(words.textOffline, true);
    return schedule(RETRY);
  }
  if (response.ok || (isShared && response.status === 409)) return saved(await response.json(), sent);
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

function saved(body, sent) {
  const isUndecided = isShared && agree(body, sent);
  form.elements.revision.value = body.revision;
  if (dirty || isUndecided) remember();
  else sessionStorage.removeItem(storageKey);
  say(`${words.textSaved} ${clock(body.saved_at)}${isUndecided ? ` ${words.textChoose}` : ""}`, isUndecided);
}

// What was typed into a page whose session ended, or whose browser closed, comes back. It keeps the
// marks it was typed upon, so that somebody else's work in between is noticed, never overwritten.
function restore() {
  const kept = JSON.parse(sessionStorage.getItem(storageKey) ?? "null");
  if (!kept || stopped) return;
  const shown = answers();
  const lost = questions.filter(
    (question) =>
      !same(kept.answers[question], shown[question]) &&
      !(typeof kept.base?.[question] === "string" && same(kept.answers[question], kept.base[question])),
  );
  if (lost.length === 0) return sessionStorage.removeItem(storageKey);
  for (const question of lost) {
    put(question, kept.answers[question] ?? "");
    if (isShared && kept.seen) {
      markOf(question).value = kept.seen[question];
      base[question] = kept.base[question];
    }
  }
  if (!isShared) form.elements.revision.value = kept.revision;
  dirty = true;
  say(words.textRestored);
  schedule();
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

form.addEventListener("joined", show);

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
if (isShared && !stopped) {
  const closed = () => {
    stopped = true;
    say(words.textClosed, true);
  };
  keepLooking(() => saving !== null || stopped || leaving, closed);
}
