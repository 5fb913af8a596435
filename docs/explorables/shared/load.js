// Fetches what an explorable needs when it comes near the window, and the others, one by one, when the page has nothing
// else to do: who lists the controls of a page finds them all. Not a module itself, so that it also runs on a page that was
// opened from a file, where browsers load no modules: there the figures stand still.
{
  const roots = document.querySelectorAll(".explorable");
  const still = (root) => root.classList.add("failed");
  const failed = (root, error) => {
    still(root);
    reportError(error); // whoever looks for the reason finds it in the console
  };
  const begun = new Set();
  function start(root) {
    if (begun.has(root)) return undefined;
    begun.add(root);
    near.unobserve(root);
    return import("./explorable.js").then((tools) => tools.start(root)).catch((error) => failed(root, error));
  }
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) start(target);
      }
    },
    { rootMargin: "600px 0px" },
  );
  const idle = window.requestIdleCallback ?? setTimeout; // Safari has none
  function startInTurn([root, ...others]) {
    if (root) idle(() => Promise.resolve(start(root)).then(() => startInTurn(others)));
  }
  if (location.protocol === "file:") for (const root of roots) still(root);
  else {
    for (const root of roots) near.observe(root);
    addEventListener("load", () => startInTurn(roots));
  }
}
