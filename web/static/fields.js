// The answers of a form that prompts: what stands in its fields, by question.

export const form = document.getElementById("report");
export const words = form.dataset;
export const fields = [...form.elements].filter((field) => field.name.startsWith(words.prefix));
export const questions = [...new Set(fields.map(questionOf))];

export function questionOf(field) {
  return field.name.slice(words.prefix.length);
}

export function answers() {
  const found = {};
  for (const field of fields) {
    if (!/radio|checkbox/.test(field.type) || field.checked) found[questionOf(field)] = field.value;
  }
  return found;
}

export function put(question, text) {
  for (const field of fields.filter((one) => questionOf(one) === question)) {
    if (/radio|checkbox/.test(field.type)) field.checked = field.value === text;
    else field.value = text;
  }
}

// An answer as it reads on the page: the label of a choice.
export function inWords(question, text) {
  const own = fields.filter((one) => questionOf(one) === question);
  const option = own.flatMap((one) => [...(one.options ?? [])]).find((one) => one.value === text);
  const choice = own.find((one) => /radio|checkbox/.test(one.type) && one.value === text);
  return (option?.label ?? choice?.closest("label")?.textContent ?? text).trim();
}

// The mark of what a field was shown with; there is none in a form that knows its revision only.
export function markOf(question) {
  return form.elements[`seen.${question}`];
}

export function same(one, other) {
  return (one ?? "").trim() === (other ?? "").trim();
}

export function say(text, isTrouble = false) {
  const status = document.getElementById("save-status");
  status.textContent = text;
  status.classList.toggle("save-status--trouble", isTrouble);
}

export function clock(at) {
  const time = new Intl.DateTimeFormat("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });
  return time.format(new Date(at));
}
