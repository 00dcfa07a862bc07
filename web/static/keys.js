// Shortcuts of the report form, listed in its 「キーボードの使い方」; without this module the list is not shown.

const form = document.getElementById("report");
const help = document.getElementById("keys-help");
help.hidden = false;

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.repeat) return;
  const action = found(event);
  if (!action) return;
  event.preventDefault();
  action.focus(); // what is about to happen is seen, and read out
  action.click();
});

function found({ key, ctrlKey, metaKey, altKey, shiftKey, target }) {
  const isCommand = (ctrlKey || metaKey) && !altKey && !shiftKey;
  if (isCommand && key === "Enter") return form.querySelector("button[name=action][value^=submit]");
  if (isCommand && key.toLowerCase() === "s") return form.querySelector("button[name=action][value=save]");
  // In a list of choices these keys open the list.
  if (!altKey || ctrlKey || metaKey || shiftKey || target.matches?.("select")) return null;
  if (key === "ArrowDown") return document.querySelector("a[rel=next]");
  return key === "ArrowUp" ? document.querySelector("a[rel=prev]") : null;
}
