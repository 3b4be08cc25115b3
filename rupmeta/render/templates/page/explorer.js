// The explorer of one analysis.
const explorers = new Map();

class Explorer {
  constructor(box, info) {
    Object.assign(this, {box, info});
    this.rows = $$(".study[data-row]", box).filter(row => row.dataset.row !== "pooled");
    this.pooledRow = $('.study[data-row="pooled"]', box);
    this.status = $(".status", box);
    this.first = $$(".name,.n,.effect,.weight", box).map(node => [node, node.innerHTML]);
    this.order = [...this.rows];
    this.own = $(".effect", this.pooledRow).textContent;
    const ends = $(".head .plot", box);
    for (const end of ["worse", "better outcome"]) ends.append(make("span", {}, end));
    this.initial = {method: info.methods.some(([id]) => id === info.method) ? info.method : "REML", test: info.asked, level: info.level, scale: info.scales[0].id, sort: "file", filter: ""};
    this.controls();
    this.rows.forEach((row, i) => this.toggle(row, info.studies[i]));
    this.looking = null;
    this.strip = new Strip(this);
    this.reset(false);
    this.status.hidden = false;
  }

  controls() {
    const bar = $(".controls", this.box), info = this.info;
    const select = (name, label, options) => {
      const wrap = make("label", {}, label), node = make("select", {name});
      for (const [value, text] of options) node.append(make("option", {value}, text));
      node.addEventListener("change", () => { this.state[name] = name === "level" ? Number(node.value) : node.value; this.show(); });
      wrap.append(node);
      bar.append(wrap);
    };
    select("scale", "Scale", info.scales.map(s => [s.id, s.symbol + ", " + s.name]));
    if (info.repool) {
      select("level", "Interval", info.levels.map(l => [l, percent(l)]));
      select("method", "Estimator of \u03c4\u00b2", info.methods);
      select("test", "Interval by", info.tests);
    }
    select("sort", "Order", [["file", "as filed"], ["year", "year"], ["effect", "effect"], ["weight", "weight"], ["n", "sample size"]]);
    if (info.filters.length && info.repool) {
      const wrap = make("label", {}, "Only"), node = make("select", {name: "filter"});
      node.append(make("option", {value: ""}, "all studies"));
      for (const f of info.filters) {
        const group = make("optgroup", {label: f.label});
        const levels = f.levels ?? [["<=", "up to " + f.cut], [">", "above " + f.cut]];
        for (const [value, text] of levels) group.append(make("option", {value: f.name + "=" + value}, text));
        node.append(group);
      }
      node.addEventListener("change", () => { this.state.filter = node.value; this.show(); });
      wrap.append(node);
      bar.append(wrap);
    }
    const reset = make("button", {type: "button", class: "reset"}, "Reset");
    reset.addEventListener("click", () => this.reset(true));
    bar.append(reset);
    bar.hidden = false;
  }

  toggle(row, study) {
    const node = $(".toggle", row), flip = () => this.flip(study);
    for (const [key, value] of Object.entries({role: "button", tabindex: "0", "aria-pressed": "true"})) node.setAttribute(key, value);
    node.addEventListener("click", flip);
    node.addEventListener("keydown", event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); flip(); } });
  }

  flip(study) {
    const again = this.out.has(study.id);
    this.looking = null;
    if (!this.info.repool) this.out.clear();
    for (const id of this.unit(study)) if (again) this.out.delete(id); else this.out.add(id);
    this.show();
  }

  unit(study) { return this.info.repool ? [study.id] : this.info.studies.filter(s => s.cluster === study.cluster).map(s => s.id); }

  look(id) {  // as if this study were out, as long as one points at it
    this.looking = this.out.has(id) ? null : id;
    this.show(false, false);
  }

  reset(remember) {
    this.state = {...this.initial};
    this.out = new Set();
    this.looking = null;
    this.show(remember);
  }

  shown(study) {
    const [name, value] = this.state.filter.split(/=(.*)/s);
    if (!name) return true;
    const is = study.is[name], cut = this.info.filters.find(f => f.name === name)?.cut;
    if (is === undefined) return false;
    return value === "<=" ? is <= cut : value === ">" ? is > cut : String(is) === value;
  }

  get scale() { return this.info.scales.find(s => s.id === this.state.scale); }
  on(x) { return x === null ? null : TO[this.info.family][this.state.scale](x); }
  text(x, low, high) { return estimateText(this.on(x), this.on(low), this.on(high), this.scale); }

  get gone() {
    const seen = this.looking && this.info.studies.find(s => s.id === this.looking);
    return !seen ? this.out : new Set([...(this.info.repool ? this.out : []), ...this.unit(seen)]);
  }

  pool(studies) { return pool(studies.map(s => s.yi), studies.map(s => s.vi), {...this.state, pi: this.info.pi}); }

  fit(gone = this.gone) {
    const {info} = this, inside = info.studies.filter(s => !gone.has(s.id) && this.shown(s));
    if (info.repool) return [inside, this.pool(inside)];
    const cluster = info.studies.find(s => gone.has(s.id))?.cluster, check = info.checks.find(c => c.omitted === cluster);
    return [inside, cluster === undefined ? info.pooled : check && check.estimate !== null ? check : null];
  }

  get declared() { return Object.keys(this.initial).every(key => key === "sort" || this.state[key] === this.initial[key]); }

  get told() {  // Python's own answers stand: those that the page cannot compute, or need not
    const {info} = this;
    return !info.repool || (this.declared && !this.out.size && !info.methods.some(([id]) => id === info.method));
  }

  kept() { return this.told ? [this.info.studies, this.info.pooled] : this.fit(this.out); }

  show(remember = true, strip = true) {
    const {info, state} = this, {scale, gone} = this;
    for (const node of $$("select", this.box)) node.value = state[node.name];
    for (const [node, html] of this.first) node.innerHTML = html;
    const same = this.declared;
    const untouched = same && !gone.size;
    const [inside, fit] = untouched ? [info.studies, info.pooled] : this.fit();
    const weights = !info.repool ? null : (untouched ? this.pool(inside) : fit)?.weights;
    const z = data.z[String(state.level)];
    const limits = info.studies.map(s => [s.yi - z * Math.sqrt(s.vi), s.yi + z * Math.sqrt(s.vi)]);
    const domain = this.domain(fit ?? info.pooled, limits);
    if (!same) $(".head .effect", this.box).textContent = scale.symbol + " [" + percent(state.level) + " CI]";
    this.rows.forEach((row, i) => {
      const study = info.studies[i], place = inside.indexOf(study), counted = place >= 0;
      const node = $(".toggle", row);
      row.hidden = !this.shown(study);
      node.setAttribute("aria-pressed", String(!gone.has(study.id)));
      if (!same) $(".effect", row).textContent = this.text(study.yi, ...limits[i]);
      if (!untouched && info.repool) $(".weight", row).textContent = counted && fit ? number(weights[place], "weight") + "%" : DASH;
      const share = counted && weights ? weights[place] : 100 / info.studies.length;
      this.plot(row, domain, limits[i], study.yi, Math.sqrt(share / Math.max(...(weights ?? [100]))));
      node.title = study.label + ": " + scale.symbol + " = " + $(".effect", row).textContent + (study.n ? ", N = " + number(study.n, "count") : "");
    });
    if (!untouched) {
      if (inside.length < info.studies.length || info.repool) $(".name", this.pooledRow).textContent = "Pooled (k = " + inside.length + " of " + info.studies.length + ")";
      $(".n", this.pooledRow).textContent = number(this.people(inside), "count");
      $(".effect", this.pooledRow).textContent = fit ? this.text(fit.estimate, fit.ci_lb, fit.ci_ub) : DASH;
      $(".weight", this.pooledRow).textContent = fit ? "100%" : DASH;
    }
    if (fit) this.diamond(domain, fit, untouched ? null : info.pooled);
    else $(".plot", this.pooledRow).replaceChildren();
    this.say(untouched, inside, fit);
    this.sort();
    if (strip) this.strip.show();
    this.funnel?.follow(untouched ? null : inside, fit);
    if (remember) save(this);
  }

  people(inside) {
    const largest = new Map();
    for (const s of inside) if (s.n !== null) largest.set(s.cluster, Math.max(s.n, largest.get(s.cluster) ?? 0));
    return largest.size ? sum(largest.values()) : null;
  }

  say(untouched, inside, fit) {
    const {info, scale} = this, declared = "Declared analysis, all " + info.studies.length + " effects: " + scale.symbol + " = ";
    const {estimate, ci_lb, ci_ub} = info.pooled, seen = this.looking && this.gone !== this.out && info.studies.find(s => s.id === this.looking);
    const own = this.state.scale === this.initial.scale ? this.own : this.text(estimate, ci_lb, ci_ub);
    let text = declared + own + " (" + percent(info.level) + " CI).";
    if (!info.repool && this.gone.size) {
      const cluster = info.studies.find(s => this.gone.has(s.id)).cluster;
      text = "Without sample " + cluster + ": " + (fit ? scale.symbol + " = " + this.text(fit.estimate, fit.ci_lb, fit.ci_ub) : "no answer") + ". " + text;
    } else if (untouched) text += " Choose a study to leave it out.";
    else if (!fit) text = "No study is left. " + text;
    else if (info.repool) {
      const h = fit.k > 1 ? "; \u03c4\u00b2 = " + number(fit.tau2, "tau2") + ", I\u00b2 = " + number(fit.I2, "percent") + "%" : "";
      const places = sharedDigits([this.on(fit.pi_lb), this.on(fit.pi_ub)], scale.kind, scale.null);
      const next = fit.pi_lb === null ? "" : "; " + percent(this.state.level) + " PI [" + number(this.on(fit.pi_lb), scale.kind, places) + "," + NBSP + number(this.on(fit.pi_ub), scale.kind, places) + "]";
      text = (seen ? "Without " + seen.label : "Your selection") + ", exploratory (k = " + fit.k + "): " + scale.symbol + " = " + this.text(fit.estimate, fit.ci_lb, fit.ci_ub) + " (" + percent(this.state.level) + " CI)" + next + h + ". " + text;
    }
    this.status.textContent = text;
  }

  domain(fit, limits) {
    const centres = [...this.info.studies.map(s => s.yi), fit.ci_lb, fit.ci_ub, 0];
    const low = Math.min(...centres), high = Math.max(...centres), more = 0.5 * (high - low || 1);
    const from = Math.max(low - more, Math.min(low, ...limits.map(l => l[0])));
    const to = Math.min(high + more, Math.max(high, ...limits.map(l => l[1])));
    return x => Math.round(10000 * Math.min(1, Math.max(0, (x - from) / (to - from)))) / 50;
  }

  frame(row, domain) {
    const box = $(".plot", row), svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 200 20");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    box.replaceChildren(svg);
    draw(svg, "line", {class: "zero", x1: domain(0), x2: domain(0), y1: 0, y2: 20});
    return svg;
  }

  plot(row, domain, [low, high], x, size) {
    const svg = this.frame(row, domain), half = 1 + 4.5 * size;
    draw(svg, "line", {class: "ci", x1: domain(low), x2: domain(high), y1: 10, y2: 10});
    draw(svg, "rect", {class: "sq", x: domain(x) - half / 2.2, y: 10 - half, width: half / 1.1, height: 2 * half});
  }

  diamond(domain, fit, before) {
    const svg = this.frame(this.pooledRow, domain);
    const points = f => [[f.ci_lb, 10], [f.estimate, 3], [f.ci_ub, 10], [f.estimate, 17]].map(([x, y]) => domain(x) + "," + y).join(" ");
    draw(svg, "polygon", {class: "di", points: points(fit)});
    if (before) draw(svg, "polygon", {class: "was", points: points(before)});
  }

  sorted() {
    const {info, state} = this, keys = {file: () => 0, year: s => s.year ?? 9999, effect: s => s.yi, n: s => -(s.n ?? 0), weight: s => s.vi};
    const key = keys[state.sort], index = new Map(info.studies.map((study, i) => [study, i]));
    return [...info.studies].sort((a, b) => key(a) - key(b) || index.get(a) - index.get(b));
  }

  sort() {
    const sorted = this.sorted().map(study => this.rows[this.info.studies.indexOf(study)]);
    if (sorted.some((row, i) => row !== this.order[i])) {
      const focus = document.activeElement;
      for (const row of sorted) this.pooledRow.before(row);
      this.order = sorted;
      focus?.focus?.();
    }
  }

  get anchor() { return "explore-" + this.info.name; }

  get link() {
    const parts = [["out", [...this.out].join(",")], ...Object.keys(this.initial).filter(key => this.state[key] !== this.initial[key]).map(key => [key, this.state[key]])];
    return parts.filter(([, value]) => value !== "").map(([key, value]) => key + "=" + encodeURIComponent(value)).join("&");
  }

  restore(parts) {
    this.state = {...this.initial};
    this.out = new Set((parts.get("out") ?? "").split(",").filter(id => this.info.studies.some(s => s.id === id)));
    for (const key of Object.keys(this.initial)) {
      const value = parts.get(key), node = $('select[name="' + key + '"]', this.box);
      if (value !== null && node && [...node.options].some(o => o.value === value)) this.state[key] = key === "level" ? Number(value) : value;
    }
    this.show(false);
  }
}
