// Theme, contents, paper.
const root_ = document.documentElement, theme = document.getElementById("theme");
const dark = () => (root_.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const paintTheme = () => theme.setAttribute("aria-pressed", String(dark()));
try { const kept = localStorage.getItem("rupmeta-theme"); if (kept) root_.dataset.theme = kept; } catch { /* no storage */ }
theme.addEventListener("click", () => {
  root_.dataset.theme = dark() ? "light" : "dark";
  try { localStorage.setItem("rupmeta-theme", root_.dataset.theme); } catch { /* no storage */ }
  paintTheme();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paintTheme);
$(".tools").hidden = false;
paintTheme();
const wide = matchMedia("(min-width: 70rem)"), toc = $(".toc");
const fold = () => { toc.open = wide.matches; };
wide.addEventListener("change", fold);
fold();
toc.addEventListener("click", event => { if (event.target.tagName === "A" && !wide.matches) toc.open = false; });
const links = new Map($$(".toc a").map(link => [link.getAttribute("href").slice(1), link]));
const seen = new IntersectionObserver(entries => {
  for (const entry of entries) if (entry.isIntersecting) {
    for (const link of links.values()) link.removeAttribute("aria-current");
    links.get(entry.target.id)?.setAttribute("aria-current", "true");
  }
}, {rootMargin: "0px 0px -75% 0px"});
for (const section of $$("main section[id]")) if (links.has(section.id)) seen.observe(section);
addEventListener("beforeprint", () => { for (const node of $$("details.more:not(.bulky), details.record")) if (!node.closest(".bulky")) node.open = true; });
