// The list of what waits for approval: the button says how many are chosen. Without this module it works the same.

import { filled } from "./length.js";

const form = document.getElementById("approve-chosen");
if (form) {
  const button = form.querySelector("button");
  const plain = button.textContent;
  const boxes = [...form.elements].filter((field) => field.type === "checkbox");
  const show = () => {
    const n = boxes.filter((box) => box.checked).length;
    button.textContent = n > 0 ? filled(form.dataset.textChosen, { n }) : plain;
  };
  for (const box of boxes) box.addEventListener("change", show);
  show();
}
