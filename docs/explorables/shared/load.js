// Fetches what an explorable needs when it comes near the window. Not a module itself, so that it also runs on a page
// that was opened from a file, where browsers load no modules: there the figures stand still.
{
  const roots = document.querySelectorAll(".explorable");
  const still = (root) => root.classList.add("failed");
  const start = (root) => import("./explorable.js").then((tools) => tools.start(root)).catch(() => still(root));
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
