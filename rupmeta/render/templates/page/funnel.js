// The funnel plot: which contours are drawn, and what leaving studies out does to it.
const axisOf = (svg, name) => {
  const [lo, hi, left, right] = svg.dataset[name].split(" ").map(Number);
  return {lo, hi, left, right, at: x => left + (Math.min(hi, Math.max(lo, x)) - lo) / (hi - lo) * (right - left)};
};
const hundredth = x => Math.round(100 * x) / 100;
const CONES = [["05", ".01"], ["10", ".05"], ["none", ".10"]];  // what lies inside a cone, and the p on its edge

class Funnel {
  constructor(svg, explorer) {
    Object.assign(this, {svg, explorer, anchor: svg.id, drawn: svg.innerHTML, kept: null});
    const bar = make("div", {class: "controls boxes", role: "group", "aria-label": "What the funnel plot shows"});
    this.boxes = [];
    const box = (value, text) => {
      const label = make("label"), node = make("input", {type: "checkbox", value});
      node.addEventListener("change", () => { this.show(); save(this); });
      label.append(node, text);
      bar.append(label);
      this.boxes.push(node);
    };
    if ($("path.contour-none", svg)) for (const [inside, p] of [...CONES].reverse()) box(inside, "contour p = " + p);
    box("pseudo", "pseudo interval");
    const reset = make("button", {type: "button"}, "Reset");
    reset.addEventListener("click", () => { this.restore(new URLSearchParams()); save(this); });
    bar.append(reset);
    this.note = make("p", {class: "note"}, "Crosses: left out under Explore. The solid line and the pseudo interval are those of the rest, the thin line that of all; what trim and fill and Egger's regression make of all is hidden meanwhile.");
    svg.closest(".drawing").after(bar, this.note);
    if (explorer) explorer.funnel = this;
    this.restore(new URLSearchParams());
  }

  get hidden() { return this.boxes.filter(node => !node.checked).map(node => node.value); }
  get link() { return this.hidden.length ? "hide=" + this.hidden.join(",") : ""; }

  restore(parts) {
    const hidden = (parts.get("hide") ?? "").split(",");
    for (const node of this.boxes) node.checked = !hidden.includes(node.value);
    this.show();
  }

  follow(inside, fit) {  // what the explorer keeps; null: everything as declared
    if (!inside && !this.kept) return;
    this.kept = inside && {inside: new Set(inside.map(s => s.id)), fit};
    this.show();
  }

  show() {
    this.svg.innerHTML = this.drawn;
    this.note.hidden = !this.kept;
    if (this.kept) this.move();
    for (const name of this.hidden) if (name === "pseudo") this.drop(".funnel"); else $("path.contour-" + name, this.svg).remove();
    if (this.hidden.some(name => name !== "pseudo")) this.relabel();
  }

  drop(selector) {  // marks, and their line in the key
    for (const node of $$(selector, this.svg)) {
      while (["text", "rect"].includes(node.nextElementSibling?.tagName) && (node.nextElementSibling.tagName === "text" || node.nextElementSibling.classList.contains("frame"))) node.nextElementSibling.remove();
      node.remove();
    }
  }

  relabel() {  // without a contour its two fields are one
    const left = CONES.filter(([inside]) => !this.hidden.includes(inside)), labels = new Map();
    left.forEach(([inside, p], i) => labels.set(inside, i + 1 < left.length ? p + " < p < " + left[i + 1][1] : "p > " + p));
    if (left.length) labels.set("01", "p < " + left[0][1]);
    for (const inside of ["none", "10", "05", "01"]) {
      const box = $$("rect.contour-" + inside, this.svg).at(-1);
      if (labels.has(inside)) box.nextElementSibling.nextElementSibling.textContent = labels.get(inside);
      else this.drop("rect.contour-" + inside);
    }
  }

  move() {
    const {svg} = this, {inside, fit} = this.kept, x = axisOf(svg, "x"), se = axisOf(svg, "se");
    for (const {id} of this.explorer.info.studies) {
      const row = $('g.row[data-row="' + CSS.escape(id) + '"]', svg), circle = row && $("circle", row);
      if (!circle || inside.has(id)) continue;
      const [cx, cy] = ["cx", "cy"].map(name => Number(circle.getAttribute(name)));
      row.classList.add("left");
      draw(row, "path", {class: "cross", d: "M" + (cx - 2.2) + "," + (cy - 2.2) + "l4.4,4.4m0,-4.4l-4.4,4.4"});
    }
    for (const role of [".egger", ".adjusted", ".filled"]) this.drop(role);
    const line = $$("line.estimate", svg).find(node => node.getAttribute("x1") === node.getAttribute("x2")), cones = $$("path.funnel", svg);
    line.before(line.cloneNode());
    line.previousElementSibling.setAttribute("class", "before");
    if (!fit) { line.remove(); for (const cone of cones) cone.remove(); return; }
    for (const end of ["x1", "x2"]) line.setAttribute(end, hundredth(x.at(fit.estimate)));
    const z = data.z[String(this.explorer.info.level)];
    cones.forEach((cone, i) => {
      const sign = i ? 1 : -1, edge = sign === 1 ? x.hi : x.lo, deep = Math.max(0, Math.min(se.hi, (edge - fit.estimate) * sign / z));
      cone.setAttribute("d", "M" + hundredth(x.at(fit.estimate)) + "," + hundredth(se.at(0)) + "L" + hundredth(x.at(fit.estimate + sign * z * deep)) + "," + hundredth(se.at(deep)));
    });
  }
}
