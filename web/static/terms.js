// A term's meaning opens by pointing at it, tabbing to it or tapping it (plans.css); Escape closes it until it is left.
const used = ".term:hover, .term:focus-within";
const termOf = (event) => event.target.closest?.(".term");

document.addEventListener("click", (event) => termOf(event)?.firstElementChild.focus());
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll(".term").forEach((term) => term.classList.toggle("term--closed", term.matches(used)));
});
for (const leaving of ["mouseout", "focusout"]) {
  document.addEventListener(leaving, (event) => {
    const term = termOf(event);
    // Left for good only when neither the pointer nor the focus is on it any more.
    if (term) setTimeout(() => term.matches(used) || term.classList.remove("term--closed"));
  });
}
