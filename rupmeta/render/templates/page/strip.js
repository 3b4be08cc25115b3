// The strip: the answer without each study in turn, over the interval of all that are in.
const side = fit => fit.ci_lb > 0 ? "above" : fit.ci_ub < 0 ? "below" : "open";
const SIDES = {above: "interval above zero", below: "interval below zero", open: "interval holds zero"};
const OPEN_STRIP = 40;  // rows; a longer strip waits until it is opened

class Strip {
  constructor(explorer) {
    this.explorer = explorer;
    const {info, box} = explorer, own = new Set();
    this.units = info.studies.filter(s => info.repool || (!own.has(s.cluster) && own.add(s.cluster)));
    this.box = make("details", {class: "strip"});
    this.box.open = this.units.length <= OPEN_STRIP;
    this.list = make("div", {class: "list", role: "group", "aria-label": "Without each study in turn"});
    this.buttons = this.units.map((study, i) => this.button(study, i));
    this.all = make("div", {class: "one all"});
    this.all.append(...this.cells("None"));
    this.list.append(...this.buttons, this.all);
    const hint = info.repool ? "The shaded band is the interval of all that are in. Point at a row, or go through them with the arrow keys, to see the answer without that study; press it to leave the study out."
      : "The shaded band is the interval of all. The rows are what was computed without each sample.";
    this.box.append(make("summary", {}, "Leave-one-out: the answer without each study"), make("p", {class: "note"}, hint), this.list);
    this.box.addEventListener("toggle", () => this.show());
    this.list.addEventListener("keydown", event => this.walk(event));
    box.append(this.box);
  }

  cells(label) {
    const name = make("span", {class: "name"});
    name.append(make("span", {class: "hidden"}, "Without "), label);
    return [name, make("span", {class: "plot"}), make("span", {class: "effect"}), make("span", {class: "side"})];
  }

  button(study, i) {
    const node = make("button", {type: "button", class: "one", "data-unit": study.id, tabindex: i ? "-1" : "0"});
    node.append(...this.cells(study.label));
    const look = id => { if (this.explorer.looking !== id) this.explorer.look(id); };
    node.addEventListener("pointerenter", event => { if (event.pointerType === "mouse") look(study.id); });
    node.addEventListener("pointerleave", () => look(null));
    node.addEventListener("focus", () => {
      for (const other of this.buttons) other.tabIndex = other === node ? 0 : -1;
      if (node.matches(":focus-visible")) look(study.id);
    });
    node.addEventListener("blur", () => look(null));
    node.addEventListener("click", () => this.explorer.flip(study));
    return node;
  }

  walk(event) {
    const rows = this.order().filter(node => !node.hidden), here = rows.indexOf(document.activeElement);
    const to = {ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1}[event.key];
    if (to === undefined || here < 0) return;
    event.preventDefault();
    rows[Math.min(Math.max(to, 0), rows.length - 1)].focus();
  }

  order() { return this.explorer.sorted().map(study => this.buttons[this.units.indexOf(study)]).filter(node => node); }

  fits() {  // without each unit: null where it is out already, or nothing is left
    const {explorer} = this, [inside] = explorer.kept();
    if (explorer.told) return this.units.map(study => explorer.info.checks.find(c => c.omitted === study.cluster && c.estimate !== null) ?? null);
    return this.units.map(study => inside.includes(study) ? explorer.pool(inside.filter(s => s !== study)) : null);
  }

  show() {  // of what is chosen, not of what is looked at
    if (!this.box.open) return;
    const {explorer} = this, {info} = explorer, [inside, full] = explorer.kept(), fits = this.fits();
    const known = [full, ...fits].filter(fit => fit), ends = [0, ...known.flatMap(fit => [fit.ci_lb, fit.ci_ub])];
    const low = Math.min(...ends), wide = Math.max(...ends) - low || 1;
    const at = x => Math.round(100 * (4 + 192 * (x - low) / wide)) / 100;
    this.units.forEach((study, i) => {
      const node = this.buttons[i], out = explorer.out.has(study.id), fit = fits[i], moved = fit && full && side(fit) !== side(full);
      node.hidden = !explorer.shown(study);
      node.setAttribute("aria-pressed", String(out));
      node.classList.toggle("moved", Boolean(moved));
      $(".effect", node).textContent = out && info.repool ? DASH : fit ? explorer.text(fit.estimate, fit.ci_lb, fit.ci_ub) : DASH;
      $(".side", node).textContent = out ? "left out" : !fit ? "no answer" : moved ? "\u25c6 " + SIDES[side(fit)] : "";
      this.plot($(".plot", node), at, full, fit);
    });
    $(".effect", this.all).textContent = full ? explorer.text(full.estimate, full.ci_lb, full.ci_ub) : DASH;
    $(".side", this.all).textContent = full ? SIDES[side(full)] : "";
    this.plot($(".plot", this.all), at, full, full);
    const order = this.order(), placed = $$("button", this.list);
    if (order.some((node, i) => node !== placed[i])) { const focus = document.activeElement; this.all.before(...order); focus?.focus?.(); }
  }

  plot(box, at, full, fit) {
    const svg = document.createElementNS(SVG, "svg");
    for (const [key, value] of Object.entries({viewBox: "0 0 200 14", preserveAspectRatio: "none", "aria-hidden": "true"})) svg.setAttribute(key, value);
    if (full) draw(svg, "rect", {class: "band", x: at(full.ci_lb), y: 0, width: at(full.ci_ub) - at(full.ci_lb), height: 14});
    draw(svg, "line", {class: "zero", x1: at(0), x2: at(0), y1: 0, y2: 14});
    if (full) draw(svg, "line", {class: "mean", x1: at(full.estimate), x2: at(full.estimate), y1: 0, y2: 14});
    if (fit) {
      draw(svg, "line", {class: "ci", x1: at(fit.ci_lb), x2: at(fit.ci_ub), y1: 7, y2: 7});
      draw(svg, "line", {class: "point", x1: at(fit.estimate), x2: at(fit.estimate), y1: 2.5, y2: 11.5});
    }
    box.replaceChildren(svg);
  }
}
