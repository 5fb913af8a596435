// Shows what a term means where it stands (docs/_ext/glossary puts the words behind each link). Hover and focus open
// it, Escape and leaving close it; with a finger, the first touch opens it and the second follows the link.
// Why no library: the browser has popovers; here is only said when, and where.
for (const says of document.querySelectorAll(".term-says[popover]")) {
  const link = says.previousElementSibling;
  if (!says.showPopover || !link?.matches("a")) continue;
  link.setAttribute("aria-describedby", says.id);
  const isOpen = () => says.matches(":popover-open");
  let touched = false;

  function open() {
    if (!isOpen()) says.showPopover();
    place();
  }
  function place() {
    const term = link.getBoundingClientRect();
    const room = document.documentElement.clientWidth - says.offsetWidth - 8;
    const below = term.bottom + says.offsetHeight + 8 < innerHeight;
    says.style.left = `${Math.max(8, Math.min(term.left, room))}px`;
    says.style.top = `${below ? term.bottom + 4 : Math.max(8, term.top - says.offsetHeight - 4)}px`;
  }
  const close = () => isOpen() && says.hidePopover();
  // The pointer may go from the term into its words, and come back.
  const leave = (event) => event.pointerType !== "touch" && ![link, says].includes(event.relatedTarget) && close();

  for (const part of [link, says]) part.addEventListener("pointerleave", leave);
  link.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && open());
  link.addEventListener("pointerdown", (event) => {
    touched = event.pointerType === "touch" && !isOpen();
  });
  link.addEventListener("click", (event) => {
    if (!touched) return;
    touched = false;
    event.preventDefault();
    open();
  });
  link.addEventListener("focus", () => !touched && open());
  link.addEventListener("blur", close);
  addEventListener("keydown", (event) => event.key === "Escape" && close());
  addEventListener("scroll", () => isOpen() && place(), { passive: true }); // focus scrolls, too
}
