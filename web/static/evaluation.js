// Evaluating by keyboard. Without this module the sheet is a plain form, and the suggestion a link that fills the page.

const sheet = document.getElementById("evaluation-sheet");

// One measure: the suggested grade is filled in without loading the page anew, so nothing typed is lost.
document.querySelector("[data-fill-grade]")?.addEventListener("click", (event) => {
  const wanted = event.currentTarget.dataset.fillGrade;
  const choice = [...document.querySelectorAll("input[name=grade]")].find((radio) => radio.value === wanted);
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
  choice.focus();
});

const rowOf = (field) => field.closest("tr");
const fieldsOf = (row) => [...row.querySelectorAll("[data-field]:not(:disabled)")];

// The same field of the next measure that can be written, or the neighbour in the row.
function neighbour(field, key) {
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const fields = fieldsOf(rowOf(field));
    return fields[fields.indexOf(field) + (key === "ArrowLeft" ? -1 : 1)];
  }
  const column = [...sheet.querySelectorAll(`[data-field="${field.dataset.field}"]:not(:disabled)`)];
  return column[column.indexOf(field) + (key === "ArrowUp" ? -1 : 1)];
}

// A judgement other than the suggested one asks for a reason; it is taken without.
function askWhy(row) {
  const grade = row.querySelector('[data-field="grade"]');
  const comment = row.querySelector('[data-field="comment"]');
  const { suggested } = row.dataset;
  const differs = Boolean(grade?.value && suggested && grade.value !== suggested);
  row.querySelector(".sheet__why").hidden = !differs || comment.value.trim() !== "";
}

function choose(select, value) {
  if (value === undefined) return;
  select.value = value;
  select.dispatchEvent(new Event("input", { bubbles: true }));
}

// A digit: the option at that place; 0 in the column of grades: the suggestion.
function digit(select, number) {
  if (number > 0) return choose(select, select.options[number]?.value);
  const { suggested } = rowOf(select).dataset;
  if (select.dataset.field === "grade" && suggested) choose(select, suggested);
}

function useKeyboard() {
  let opened = null; // the select whose list is open: there the arrows are the browser's
  let dirty = false;

  sheet.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      sheet.requestSubmit();
      return;
    }
    if (!field.dataset.field || event.ctrlKey || event.metaKey) return;
    const isSelect = field.tagName === "SELECT";
    const isArrow = event.key.startsWith("Arrow");
    if (isArrow && isSelect === event.altKey) {
      // With Alt the arrows open a list, without it they are a text's own.
      opened = isSelect ? field : null;
      return;
    }
    if (isSelect && /^[ ]$|^Enter$|^F4$/.test(event.key)) opened = opened === field ? null : field;
    if (event.key === "Escape" || event.key === "Tab") opened = null;
    if (isArrow && opened !== field) {
      event.preventDefault();
      neighbour(field, event.key)?.focus();
    } else if (isSelect && /^\d$/.test(event.key)) {
      event.preventDefault();
      digit(field, Number(event.key));
    }
  });
  sheet.addEventListener("mousedown", (event) => (opened = event.target.tagName === "SELECT" ? event.target : null));
  for (const ending of ["change", "focusout"]) sheet.addEventListener(ending, () => (opened = null));

  sheet.addEventListener("input", (event) => {
    dirty = true;
    askWhy(rowOf(event.target));
  });
  sheet.addEventListener("submit", () => (dirty = false));
  window.addEventListener("beforeunload", (event) => dirty && event.preventDefault());
  document.getElementById("sheet-keys").hidden = false;
}

if (sheet) useKeyboard();
