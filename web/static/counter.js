// Long texts: how many characters are typed. Without this module the help beside the field says the limit.

import { filled, length } from "./length.js";

for (const field of document.querySelectorAll("[data-limit]")) {
  const limit = Number(field.dataset.limit);
  const counter = document.createElement("p");
  counter.className = "counter";
  field.after(counter);
  const count = () => {
    const over = length(field.value) - limit;
    const text = over > 0 ? field.dataset.textOver : field.dataset.textCounter;
    counter.textContent = filled(text, { n: over > 0 ? over : length(field.value), limit });
    counter.classList.toggle("counter--over", over > 0);
  };
  field.addEventListener("input", count);
  count();
}
