// Before the first paint: the theme chosen earlier, a link's mode, and whether it will replace the first example.
(() => {
  const root = document.documentElement;
  if (/#(.*&)?([si]|stop)=/.test(document.URL)) root.dataset.restoring = "all";
  if (/[#&]m=lecture(&|$)/.test(document.URL)) root.dataset.mode = "lecture";
  try {
    root.dataset.theme = localStorage.getItem("chainrule-theme") ?? "";
  } catch {
    // Storage is refused to some frames; the system's theme will do.
  }
})();
