// Permalinks: #explore-NAME?out=…&scale=d, #curve-NAME?from=1&to=30; the address holds what was changed last.
const places = new Map();

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
addEventListener("hashchange", follow);
