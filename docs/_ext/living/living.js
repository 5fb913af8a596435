// Turns the value in a sentence that lives (docs/_ext/living makes it). What stands in each place at each stop of the
// slider is in the page; nothing is computed here. A listener hears the whole sentence as the value of the slider, once
// it has been turned.
// Why no library: there is nothing to take over; the browser slides, and these lines look up.
// No module: browsers refuse to load one where the site is opened as a file.
for (const slider of document.querySelectorAll(".living input")) {
  const sentence = slider.closest("p");
  const numbers = [...sentence.querySelectorAll("[data-values]")];
  slider.addEventListener("input", () => {
    sentence.style.minHeight = `${sentence.offsetHeight}px`; // a line that has come stays, or the page would jump
    for (const number of numbers) number.textContent = number.dataset.values.split("\n")[slider.value];
    slider.setAttribute("aria-valuetext", sentence.textContent);
  });
  slider.classList.add("running"); // seen from now on
}
