// The drawer: a study's extraction beside what one is reading.
const drawer = make("dialog", {"aria-label": "Extraction of a study"});
document.body.append(drawer);
drawer.addEventListener("click", event => { if (event.target === drawer) drawer.close(); });
document.addEventListener("click", event => {
  const link = event.target.closest?.('.explorer a[href^="#study-"]');
  const record = link && document.getElementById(link.getAttribute("href").slice(1));
  if (!record) return;
  event.preventDefault();
  const close = make("button", {type: "button", class: "close"}, "Close");
  close.addEventListener("click", () => drawer.close());
  const title = make("h2");
  title.append(...$("summary", record).cloneNode(true).childNodes);
  drawer.replaceChildren(close, title, $(".body", record).cloneNode(true));
  drawer.showModal();
});
