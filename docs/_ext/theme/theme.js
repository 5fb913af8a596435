// Furo's one line, here a file because no script stands inside a page: the reader's choice of light or dark.
document.body.dataset.theme = localStorage.getItem("theme") || "auto";
