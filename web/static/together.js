// Two people in one form. What the other saved comes into fields in which nothing was typed here, and stands beside
// those that both changed, with a button for either. The server compares by the marks in the hidden fields
// (domain/draft.py); without this module it shows both texts when the form is saved.

import { answers, clock, fields, form, inWords, markOf, put, questionOf, questions, same, say, words } from "./fields.js";
import { filled } from "./length.js";

const EVERY = 15000; // milliseconds between two looks
const IDLE = 600000; // without a key for so long nobody is at work here, and a session may end

// Question → what stood in the field when it was last as the server has it; null: a text of the server stands beside.
export const base = Object.fromEntries(questions.map((question) => [question, answers()[question] ?? ""]));
for (const beside of form.querySelectorAll("[data-theirs]")) base[beside.dataset.theirs] = null;

const notes = new Map(); // question → what stands beside its field
let typedAt = Date.now();

export const isShared = questions.length > 0 && questions.every(markOf);

// What the server has now. `sent`: the answers that this is the reply to. True while a person has to decide.
export function agree(body, sent) {
  form.elements.revision.value = body.revision;
  let isChanged = false;
  const now = answers();
  for (const question of questions) {
    const theirs = body.answers[question] ?? "";
    const mark = body.seen[question] ?? "";
    const isNew = markOf(question).value !== mark;
    if (same(now[question], theirs) || (sent && same(sent[question], theirs))) {
      if (notes.get(question)?.isOpen) drop(question);
      settle(question, theirs, mark);
    } else if (!isNew) {
      continue;
    } else if (base[question] !== null && same(now[question], base[question])) {
      put(question, theirs);
      settle(question, theirs, mark);
      tell(question, body, words.textTaken, "");
      isChanged = true;
    } else {
      choose(question, theirs, mark, body);
    }
  }
  if (isChanged) form.dispatchEvent(new Event("joined"));
  return isUndecided();
}

export function isUndecided() {
  return [...notes.values()].some((note) => note.isOpen);
}

function settle(question, text, mark) {
  base[question] = text;
  markOf(question).value = mark;
}

function drop(question) {
  notes.get(question)?.element.remove();
  notes.delete(question);
}

function choose(question, theirs, mark, body) {
  if (notes.get(question)?.theirs === theirs) return;
  const note = tell(question, body, words.textBoth, inWords(question, theirs) || words.textEmpty);
  Object.assign(note, { isOpen: true, theirs });
  note.element.append(
    button(words.textKeepMine, () => {
      base[question] = null;
      markOf(question).value = mark;
      drop(question);
      typed(question);
    }),
    button(words.textTakeTheirs, () => {
      const mine = answers()[question] ?? "";
      put(question, theirs);
      settle(question, theirs, mark);
      offerBack(question, mine, body);
      typed(question);
    }),
  );
}

// What was typed here gave way to the other's text: it can still be brought back.
function offerBack(question, mine, body) {
  const note = tell(question, body, words.textMine, inWords(question, mine) || words.textEmpty);
  note.element.append(
    button(words.textBack, () => {
      put(question, mine);
      drop(question);
      typed(question);
    }),
  );
}

function typed(question) {
  const field = fields.find((one) => questionOf(one) === question);
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function tell(question, { editor, editor_saved_at: at }, text, quoted) {
  drop(question);
  const element = document.createElement("div");
  element.className = "quote quote--theirs stack";
  element.append(paragraph(filled(text, { editor: editor || words.textSomebody, time: at ? clock(at) : "" })));
  if (quoted) element.append(paragraph(quoted, "typed"));
  fields.find((one) => questionOf(one) === question).closest(".form-field").append(element);
  const note = { element, isOpen: false };
  notes.set(question, note);
  return note;
}

function paragraph(text, className = "") {
  const made = document.createElement("p");
  made.textContent = text;
  made.className = className;
  return made;
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--secondary";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

// Look now and then whether somebody else saved; `isBusy` says whether a save of one's own is under way.
export function keepLooking(isBusy, closed) {
  form.addEventListener("input", () => void (typedAt = Date.now()));
  const timer = setInterval(async () => {
    if (isBusy() || document.visibilityState === "hidden" || Date.now() - typedAt > IDLE) return;
    const revision = Number(form.elements.revision.value);
    const response = await fetch(`${words.autosave}?since=${revision}`, { redirect: "manual" }).catch(() => null);
    if (response?.status === 410) {
      clearInterval(timer);
      return closed();
    }
    const body = response?.ok ? await response.json() : { revision };
    if (isBusy() || body.revision <= Number(form.elements.revision.value)) return;
    agree(body);
    say(filled(words.textJoined, { editor: body.editor || words.textSomebody, time: clock(body.editor_saved_at) }));
  }, EVERY);
}
