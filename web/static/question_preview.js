// The editor of a question set: shows the form as it is typed. Without this module the button 「プレビュー」 does.

const PAUSE = 400; // milliseconds without a key

const form = document.getElementById("questions");
const shown = document.getElementById("preview");

let timer;
let latest = 0; // of several answers under way only the last one counts

async function refresh() {
  const mine = ++latest;
  let response;
  try {
    response = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
  } catch {
    return; // offline: the next key tries again
  }
  if (response.redirected || !response.ok || mine !== latest) return;
  const text = await response.text();
  if (mine === latest) shown.innerHTML = text;
}

function typed(event) {
  if (event.target.form !== form || event.target.name === "reason" || event.target.name === "screen") return;
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
}

document.addEventListener("input", typed);
document.addEventListener("change", typed);
document.getElementById("error-summary")?.focus();
