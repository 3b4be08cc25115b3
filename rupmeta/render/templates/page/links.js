// Permalinks: #explore-NAME?out=…&scale=d, #NAME-specification?from=1&to=30; the address holds what was changed last.
const curves = new Map(), places = new Map();

function save(changed) {
  const place = changed.link ? changed : [...places.values()].find(other => other.link);
  const hash = place ? "#" + place.anchor + "?" + place.link : location.hash.includes("?") ? "#" + changed.anchor : location.hash;
  if (hash !== location.hash) try { history.replaceState(null, "", hash || "#"); } catch { location.hash = hash; }
}

function follow() {
  const [id, query] = decodeURI(location.hash.slice(1)).split("?"), place = places.get(id);
  const target = id ? document.getElementById(id) : null;
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  if (place && query) place.restore(new URLSearchParams(location.hash.split("?")[1]));
  target?.scrollIntoView();
}

for (const info of data.analyses) {
  const box = document.getElementById("explore-" + info.name);
  if (!box || info.family === "gen") continue;
  const explorer = new Explorer(box, info);
  explorers.set(info.name, explorer);
  places.set(explorer.anchor, explorer);
}
for (const svg of $$("svg.figure")) {
  const [, name, kind] = svg.id.match(/^(.*)-(funnel|specification)$/) ?? [];
  if (kind === "funnel" && svg.dataset.se) places.set(svg.id, new Funnel(svg, explorers.get(name)));
  if (kind === "specification" && data.curves[name]) {
    curves.set(name, new Curve(svg, data.curves[name]));
    places.set(svg.id, curves.get(name));
  }
}
addEventListener("hashchange", follow);
