// Fetches what an explorable needs when it comes near the window. Not a module itself, so that it also runs on a page
// that was opened from a file, where browsers load no modules: there the figures stand still.
{
  const roots = document.querySelectorAll(".explorable");
  const still = (root) => root.classList.add("failed");
  const failed = (root, error) => {
    still(root);
    reportError(error); // whoever looks for the reason finds it in the console
  };
  const start = (root) => import("./explorable.js").then((tools) => tools.start(root)).catch((e) => failed(root, e));
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        start(target);
      }
    },
    { rootMargin: "600px 0px" },
  );
  for (const root of roots) location.protocol === "file:" ? still(root) : near.observe(root);
}
