// Tables: copy, or save as CSV.
const cell = node => {
  const text = node.textContent.trim().replaceAll(MINUS, "-").replaceAll(NBSP, " ");
  const safe = /^[=+@\t]/.test(text) || (text[0] === "-" && !/^-[\d.]/.test(text)) ? "'" + text : text;
  return /[",\n;]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
};
const csv = table => $$("tr", table).map(row => $$("th,td", row).map(cell).join(",")).join("\r\n") + "\r\n";
for (const table of $$("main table[data-name]")) {
  const known = $(".note.file", table.closest(".table") ?? make("p")), bar = known ?? make("p", {class: "note file"}), copy = make("button", {type: "button"}, "Copy"), file = make("button", {type: "button"}, "Save CSV");
  copy.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(csv(table).replaceAll(",", "\t")); copy.textContent = "Copied"; }
    catch { getSelection().selectAllChildren(table); copy.textContent = "Selected"; }
  });
  file.addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob([csv(table)], {type: "text/csv"})), link = make("a", {href: url, download: table.dataset.name + ".csv"});
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  });
  for (const button of [copy, file]) button.setAttribute("aria-label", button.textContent + ": table " + table.dataset.name);
  bar.prepend(copy, file);
  if (!known) table.parentElement.after(bar);
}

// What is wider than its place says so.
const hints = new WeakMap();
const fits = new ResizeObserver(entries => {
  for (const box of new Set(entries.map(entry => entry.target.closest(".scroll")))) {
    const wide = box.scrollWidth > box.clientWidth + 1, hint = hints.get(box);
    if (wide && !hint) {
      hints.set(box, make("p", {class: "hint"}, "Wider than the screen: scroll it sideways \u2192"));
      box.before(hints.get(box));
    } else if (hint) hint.hidden = !wide;
  }
});
for (const box of $$(".scroll")) { fits.observe(box); if (box.firstElementChild) fits.observe(box.firstElementChild); }
