// A drawing as a picture in a file of its own, as the reader sees it: the colours of a dark page, too.
import { add, set } from "../shared/draw.js";

// What style sheets and inheritance give to a drawing; a file has no style sheets.
const LOOK = [
  ...["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-linejoin"],
  ...["font-family", "font-size", "font-weight", "paint-order", "text-anchor"],
];
const SHARPER = 3; // pixels of the picture for each of the drawing, across and down

// A copy that needs no style sheet, on the page's own background.
function standalone(svg) {
  const copy = svg.cloneNode(true);
  const [from, to] = [svg, copy].map((one) => [one, ...one.querySelectorAll("*")]);
  for (const [i, element] of from.entries()) {
    const look = getComputedStyle(element);
    set(to[i], { class: null, ...Object.fromEntries(LOOK.map((name) => [name, look.getPropertyValue(name)])) });
  }
  const { width, height } = svg.viewBox.baseVal;
  set(copy, { width, height });
  const paper = add(copy, "rect", { width, height, fill: getComputedStyle(document.body).backgroundColor });
  copy.prepend(paper);
  return copy;
}

// From a data address: the policy of the site lets pictures come from there, and not from a blob.
async function paint(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: image.width * SHARPER, height: image.height * SHARPER });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done));
}

export async function savePicture(svg, name) {
  const href = URL.createObjectURL(await paint(standalone(svg)));
  Object.assign(document.createElement("a"), { href, download: `${name}.png` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000); // some browsers ask the reader first
}
