// The specification curve: a stretch of it, or all that take an option, and what stands out in them.
const MOST_OPTIONS = 6, CLEARLY = 0.05;  // options that are told, and how much more often they are than among all

class Curve {
  constructor(svg, info) {
    Object.assign(this, {svg, info, anchor: svg.id, total: info.estimate.length, x: axisOf(svg, "x"), y: axisOf(svg, "y")});
    this.places = info.drawn ?? info.estimate.map((_, i) => i);
    this.step = (this.x.right - this.x.left) / this.places.length;
    this.layer = document.createElementNS(SVG, "g");
    this.layer.setAttribute("class", "brush");
    this.lines = $$("text.study", svg).map(text => {  // the rows of the dashboard
      const size = Number(text.getAttribute("font-size") ?? svg.getAttribute("font-size"));
      return {middle: Number(text.getAttribute("y")) - 0.36 * size, half: 0.72 * size};
    });
    this.rows = info.choices.flatMap((choice, d) => choice.options.map((_, j) => d + "." + j));
    this.bottom = Math.max(...this.lines.map(line => line.middle + line.half));
    this.controls();
    this.pointer();
    this.restore(new URLSearchParams());
  }

  controls() {
    const bar = make("div", {class: "controls", role: "group", "aria-label": "Select specifications"});
    const range = (name, text) => {
      const label = make("label", {}, text), node = make("input", {type: "range", min: "1", max: String(this.total), step: "1"});
      node.addEventListener("input", () => {
        this[name] = Number(node.value);
        if (this.from > this.to) this.from = this.to = this[name];
        this.changed();
      });
      label.append(node);
      bar.append(label);
      return node;
    };
    this.ends = {from: range("from", "First specification"), to: range("to", "Last specification")};
    const label = make("label", {}, "With"), only = this.only = make("select", {"aria-label": "Only specifications with"});
    only.append(make("option", {value: ""}, "any option"));
    this.info.choices.forEach((choice, d) => {
      const group = make("optgroup", {label: choice.label});
      choice.options.forEach((option, j) => group.append(make("option", {value: d + "." + j}, option)));
      only.append(group);
    });
    only.addEventListener("change", () => { this.option = only.value; this.changed(); });
    label.append(only);
    const reset = make("button", {type: "button"}, "Reset");
    reset.addEventListener("click", () => { this.restore(new URLSearchParams()); save(this); });
    bar.append(label, reset);
    this.status = make("p", {class: "status", role: "status"});
    this.more = make("p", {class: "note"}, "More often among them than among all:");
    this.found = make("ul", {class: "notes"});
    this.svg.closest(".drawing").after(bar, this.status, this.more, this.found);
  }

  pointer() {
    const {svg} = this;
    let start = null, moved = false;
    const at = event => {
      const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
      return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    };
    const place = x => this.places[Math.min(this.places.length - 1, Math.max(0, Math.floor((x - this.x.left) / this.step)))] + 1;
    const row = y => this.rows[this.lines.findIndex(line => Math.abs(y - line.middle) <= line.half)];
    svg.classList.add("brushable");
    svg.addEventListener("pointerdown", event => {
      const [x, y] = at(event);
      if (event.button || y < this.y.right - 6 || y > this.bottom) return;
      start = [x, y];
      moved = false;
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", event => {
      if (!start) return;
      const [x] = at(event);
      moved ||= Math.abs(x - start[0]) > 3 && start[0] >= this.x.left - 6;
      if (moved) [this.from, this.to] = [place(start[0]), place(x)].sort((a, b) => a - b);
      if (moved) this.show();
    });
    svg.addEventListener("pointerup", () => {
      if (!start) return;
      const option = row(start[1]);
      if (!moved && option) Object.assign(this, {from: 1, to: this.total, option: this.option === option ? "" : option});
      else if (!moved && start[0] >= this.x.left) this.from = this.to = place(start[0]);
      start = null;
      this.changed();
    });
    svg.addEventListener("pointercancel", () => { start = null; });
  }

  restore(parts) {
    const whole = (key, other) => { const n = Number(parts.get(key) ?? other); return Number.isInteger(n) && n >= 1 && n <= this.total ? n : other; };
    [this.from, this.to] = [whole("from", 1), whole("to", this.total)].sort((a, b) => a - b);
    this.option = this.rows.includes(parts.get("with")) ? parts.get("with") : "";
    this.show();
  }

  get link() {
    const parts = [["from", this.from, 1], ["to", this.to, this.total], ["with", this.option, ""]];
    return parts.filter(([, value, usual]) => value !== usual).map(([key, value]) => key + "=" + value).join("&");
  }

  changed() { this.show(); save(this); }

  selected() {
    const [d, j] = this.option.split(".").map(Number), chosen = [];
    for (let i = this.from - 1; i < this.to; i++) if (!this.option || this.info.taken[d][i] === j) chosen.push(i);
    return chosen;
  }

  summary() {  // of the selected: numbers, and options that are more often among them than among all
    const {info} = this, chosen = this.selected(), n = chosen.length, middle = n >> 1;
    const x = chosen.map(i => info.estimate[i]), count = side => chosen.filter(i => info.sides[i] === side).length;
    const options = [];
    if (n < this.total) info.choices.forEach((choice, d) => choice.options.forEach((label, j) => {
      const inside = chosen.filter(i => info.taken[d][i] === j).length, all = info.taken[d].filter(row => row === j).length;
      if (inside * this.total > all * n) options.push({row: d + "." + j, choice: choice.label, label, inside, all, more: inside / n - all / this.total});
    }));
    options.sort((a, b) => b.more - a.more);
    return {n, low: x[0] ?? null, high: x[n - 1] ?? null, median: n ? (n % 2 ? x[middle] : (x[middle - 1] + x[middle]) / 2) : null, above: count("+"), below: count("-"), open: count("0"), options};
  }

  show() {
    const {info, total} = this, found = this.summary(), {n} = found, text = x => number(x, info.kind), many = x => number(x, "count");
    for (const name of ["from", "to"]) {
      this.ends[name].value = this[name];
      this.ends[name].setAttribute("aria-valuetext", "number " + this[name] + " of " + total + ", " + info.symbol + " = " + text(info.estimate[this[name] - 1]));
    }
    this.only.value = this.option;
    const share = x => many(x) + " (" + number(100 * x / n, "percent") + "%)";
    let told = n === total ? "All " + many(total) + " specifications" : many(n) + " of " + many(total) + " specifications selected";
    if (n) told += ": " + info.symbol + " from " + text(found.low) + " to " + text(found.high) + ", median " + text(found.median) + ". " + percent(info.level) + " intervals above " + info.null + ": " + share(found.above) + ", below: " + share(found.below) + ", holding " + info.null + ": " + share(found.open) + ".";
    else told += ".";
    if (n === total) told += " Drag over the curve to select a stretch of it; press a row below it to select all that take an option.";
    this.status.textContent = told;
    const lines = found.options.filter(o => o.more >= CLEARLY).slice(0, MOST_OPTIONS).map(o => make("li", {}, o.choice + ": " + o.label + " in " + many(o.inside) + " of " + many(n) + " (" + number(100 * o.inside / n, "percent") + "%) against " + many(o.all) + " of " + many(total) + " (" + number(100 * o.all / total, "percent") + "%)."));
    const rest = found.options.length - lines.length;
    if (rest) lines.push(make("li", {}, (lines.length ? "Less so: " : "Hardly so: ") + rest + (rest === 1 ? " option." : " options.")));
    this.more.hidden = !lines.length;
    this.found.replaceChildren(...lines);
    this.paint();
  }

  paint() {
    const {layer, x, y} = this;
    layer.replaceChildren();
    if (!this.link) { layer.remove(); return; }
    this.svg.append(layer);
    const chosen = new Set(this.selected()), top = y.right, left = i => hundredth(x.left + i * this.step);
    for (let i = 0, first; i < this.places.length; i++) {
      if (chosen.has(this.places[i])) continue;
      for (first = i; i + 1 < this.places.length && !chosen.has(this.places[i + 1]);) i++;
      draw(layer, "rect", {class: "veil", x: left(first), y: top, width: hundredth(left(i + 1) - left(first)), height: hundredth(this.bottom - top)});
    }
    const rank = n => hundredth(x.left + n / this.total * (x.right - x.left));
    draw(layer, "path", {class: "stretch", d: "M" + rank(this.from - 1) + "," + (top - 4) + "H" + rank(this.to)});
    const line = this.lines[this.rows.indexOf(this.option)], wide = this.svg.viewBox.baseVal.width;
    if (line) draw(layer, "rect", {class: "stretch", x: 8, y: hundredth(line.middle - line.half), width: wide - 16, height: hundredth(2 * line.half)});
  }
}
