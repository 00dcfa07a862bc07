// Attachments: a file that is too large is told before it is sent, and none is forgotten when a form is sent without it.
// Without this module the server says the first, and the help text the second.

const field = document.getElementById("files");
const notice = document.getElementById("files-notice");
const words = field.dataset;

function say(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

function tooLarge() {
  return [...field.files].find((file) => file.size > Number(words.largest));
}

function complain() {
  const file = tooLarge();
  say(file ? words.textLarge.replace("{name}", file.name) : "");
}

field.addEventListener("change", complain);

// On the document, so that it is asked before the form's own module thinks that the page is left.
document.addEventListener(
  "submit",
  (event) => {
    if (event.target !== field.form || !field.files.length) return;
    const isAttaching = event.submitter?.id === words.attach;
    if (isAttaching && !tooLarge()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isAttaching) complain();
    else say(words.textWaiting);
    field.focus();
  },
  { capture: true },
);
