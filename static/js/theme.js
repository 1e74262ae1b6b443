// Before the first paint: the theme chosen earlier, and whether a permalink will replace the first example.
(() => {
  const root = document.documentElement;
  if (/#(.*&)?[si]=/.test(document.URL)) root.dataset.restoring = "all";
  try {
    root.dataset.theme = localStorage.getItem("chainrule-theme") ?? "";
  } catch {
    // Storage is refused to some frames; the system's theme will do.
  }
})();
