// Every form: the error summary is read first, else what the page offers to go on with; a button pressed twice sends once.

(document.getElementById("error-summary") ?? document.querySelector("[data-focus]"))?.focus();

// What a page says was stored on the server need not be kept in the browser any longer.
for (const done of document.querySelectorAll("[data-forget]")) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith("meguru:") && key.endsWith(`:${done.dataset.forget}`)) sessionStorage.removeItem(key);
  }
}

const sent = new WeakSet();
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (sent.has(event.target)) event.preventDefault();
  sent.add(event.target);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
