"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (tag, attributes = {}, text = "") => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text) node.textContent = text;
  return node;
};

// Numbers: the 10-digit decimal, rounded half up, as the report prints them everywhere.
const MINUS = "\u2212", NBSP = "\u00a0", DASH = "\u2014";
const DIGITS = {bounded: 2, unbounded: 2, percent: 0, weight: 1, tau2: 3, count: 0};

function decimal(x) {  // {sign, n: 10 digits as BigInt, e}: x = sign * n * 10^e; ties of the 10th digit go to even
  if (x === 0) return {sign: 1, n: 0n, e: 0};
  const [mantissa, exponent] = Math.abs(x).toExponential(50).split("e");
  const all = mantissa.replace(".", ""), rest = all.slice(10);
  let n = BigInt(all.slice(0, 10));
  const half = "5" + "0".repeat(rest.length - 1);
  if (rest > half || (rest === half && n % 2n === 1n)) n += 1n;
  return {sign: x < 0 ? -1 : 1, n, e: Number(exponent) - 9};
}

function rounded(value, places) {  // units of 10^-places, half up, with the sign
  const shift = value.e + places;
  if (shift >= 0) return BigInt(value.sign) * value.n * 10n ** BigInt(shift);
  const unit = 10n ** BigInt(-shift);
  return BigInt(value.sign) * ((2n * value.n + unit) / (2n * unit));
}

function compare(value, whole) {  // |value| against a whole number: -1, 0, 1
  const shift = value.e >= 0 ? value.n * 10n ** BigInt(value.e) : value.n;
  const other = value.e >= 0 ? BigInt(whole) : BigInt(whole) * 10n ** BigInt(-value.e);
  return shift < other ? -1 : shift > other ? 1 : 0;
}

function plain(units, places, kind) {
  const negative = units < 0n;
  let text = (negative ? -units : units).toString().padStart(places + 1, "0");
  let whole = text.slice(0, text.length - places);
  if (kind === "count") whole = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  if (kind === "bounded" && whole === "0" && places) whole = "";
  text = places ? whole + "." + text.slice(-places) : whole;
  return (negative ? MINUS : "") + text;
}

function number(x, kind, digits = null) {
  if (x === null || x === undefined || !Number.isFinite(x)) return DASH;
  const value = decimal(x), places = kind === "count" ? 0 : digits ?? DIGITS[kind];
  if (compare(value, 10000000) >= 0) return x.toExponential(1).replace("e+", "e").replaceAll("-", MINUS);
  const units = rounded(value, places), one = 10n ** BigInt(places);
  const size = units < 0n ? -units : units;
  if (kind === "bounded" && compare(value, 1) < 0 && size >= one)
    return (value.sign > 0 ? ">" : "<") + NBSP + plain(value.sign > 0 ? one - 1n : 1n - one, places, kind);
  if ((kind === "percent" || kind === "weight") && value.sign > 0 && compare(value, 100) < 0 && units >= 100n * one)
    return ">" + NBSP + plain(100n * one - 1n, places, kind);
  if (kind === "tau2" && units === 0n && value.n > 0n && value.sign > 0) return "<" + NBSP + plain(1n, places, kind);
  return plain(units, places, kind);
}

function sharedDigits(limits, kind, nothing) {  // more digits while rounding hides on which side of null a limit lies
  const edge = decimal(nothing);
  const known = limits.filter(x => x !== null && Number.isFinite(x)).map(decimal)
    .filter(v => compare(v, 10000000) < 0 && !(v.sign * Number(v.n) === edge.sign * Number(edge.n) && v.e === edge.e));
  for (let more = 0; more <= 3; more++) {
    const places = DIGITS[kind] + more;
    if (!known.some(v => rounded(v, places) === rounded(edge, places))) return places;
  }
  return DIGITS[kind] + 3;
}

function estimateText(x, low, high, scale) {
  const places = sharedDigits([low, high], scale.kind, scale.null);
  const [value, lb, ub] = [x, low, high].map(y => number(y, scale.kind, places));
  return value + " [" + lb + "," + NBSP + ub + "]";
}

const percent = level => Number((level * 100).toPrecision(10)) + "%";

// Scales: from the scale that is pooled to those that people read.
const LOGISTIC = Math.PI / Math.sqrt(3), same = x => x, rd = d => d / Math.hypot(d, 2);
const dr = r => Math.abs(r) < 1 ? 2 * r / Math.sqrt(1 - r * r) : null;
const TO = {
  z: {z: same, r: Math.tanh, d: z => 2 * Math.sinh(z), or: z => Math.exp(2 * Math.sinh(z) * LOGISTIC)},
  r: {r: same, z: r => Math.abs(r) < 1 ? Math.atanh(r) : null, d: dr, or: r => dr(r) === null ? null : Math.exp(dr(r) * LOGISTIC)},
  d: {d: same, r: rd, z: d => Math.asinh(d / 2), or: d => Math.exp(d * LOGISTIC)},
  or: {or: Math.exp, d: y => y / LOGISTIC, r: y => rd(y / LOGISTIC), z: y => Math.asinh(y / LOGISTIC / 2)},
  rr: {rr: Math.exp}, gen: {},
};

// The fit: equal effects, DerSimonian-Laird, Paule-Mandel, (restricted) maximum likelihood; as numerics/tau2.py.
const sum = (values, f = same) => { let s = 0; for (const v of values) s += f(v); return s; };

function at(y, v, tau2) {  // weighted mean and the quadratic forms of P = W - W1(1'W1)^-1 1'W
  const w = v.map(x => 1 / (x + tau2)), s1 = sum(w), s2 = sum(w, x => x * x);
  const b = sum(w.map((x, i) => x * y[i])) / s1, e = y.map(x => x - b);
  const yPy = sum(w.map((x, i) => x * e[i] ** 2)), yPPy = sum(w.map((x, i) => (x * e[i]) ** 2));
  return {w, s1, s2, b, yPy, yPPy, trace: s1 - s2 / s1, logs: sum(v, x => Math.log(x + tau2))};
}

function score(y, v, tau2, method) {  // decreasing where it is searched
  const f = at(y, v, tau2);
  if (method === "PM") return f.yPy - (y.length - 1);
  return f.yPPy - (method === "REML" ? f.trace : f.s1);
}

function height(y, v, tau2, method) {
  const f = at(y, v, tau2);
  return -0.5 * (f.logs + f.yPy + (method === "REML" ? Math.log(f.s1) : 0));
}

function root(f, low, high) {  // of a function that falls through zero between low and high
  if (f(low) <= 0) return low;
  if (!Number.isFinite(high)) { high = Math.max(2 * low, 1e-8); while (f(high) > 0) high *= 2; }
  if (f(high) >= 0) return high;
  for (let i = 0; i < 300; i++) {
    const middle = low > 0 && high / low > 4 ? Math.sqrt(low * high) : (low + high) / 2;
    if (middle === low || middle === high || high - low <= 1e-15 * high) break;
    if (f(middle) > 0) low = middle; else high = middle;
    if (high < 1e-300) return 0;
  }
  return (low + high) / 2;
}

function tauSquared(y, v, method) {
  const k = y.length, w = v.map(x => 1 / x), s1 = sum(w), s2 = sum(w, x => x * x);
  if (method === "EE" || k < 2) return 0;
  const fixed = at(y, v, 0);
  if (method === "DL") return Math.max(0, (fixed.yPy - (k - 1)) / fixed.trace);
  const f = tau2 => score(y, v, tau2, method);
  if (method === "PM") return root(f, 0, Infinity);
  const low = 0.01 * (k - 1) * s1 / (s1 * s1 - s2), high = 10 * Math.max(...v);
  const points = Math.ceil(Math.log(high / low) / Math.log(2.4)) + 1;
  const grid = [0];
  for (let j = 0; j < points; j++) grid.push(low * 2.4 ** j);
  const heights = grid.map(tau2 => height(y, v, tau2, method));
  const best = heights.indexOf(Math.max(...heights));
  return root(f, best ? grid[best - 1] : 0, best + 1 < grid.length ? grid[best + 1] : Infinity);
}

function pool(y, v, {method, test, level, pi}) {
  const k = y.length;
  if (!k) return null;
  const tau2 = tauSquared(y, v, method), f = at(y, v, tau2), fixed = at(y, v, 0), df = k - 1;
  const used = k === 1 || (method === "EE" && test !== "t") ? "z" : test;
  const s2 = k > 1 ? f.yPy / df : 1;
  const factor = used === "knha" ? s2 : used === "adhoc" ? Math.max(1, s2) : 1;
  const se = Math.sqrt(factor / f.s1), key = String(level);
  const quantile = d => d === null ? data.z[key] : data.t[key][d - 1];
  const q = quantile(used === "z" ? null : df);
  const fit = {k, tau2, estimate: f.b, se, ci_lb: f.b - q * se, ci_ub: f.b + q * se, weights: f.w.map(x => 100 * x / f.s1), pi_lb: null, pi_ub: null, I2: null};
  if (k > 1) {
    const vt = df * fixed.s1 / (fixed.s1 ** 2 - fixed.s2);
    fit.I2 = method === "EE" ? Math.max(0, 100 * (1 - df / fixed.yPy)) : 100 * tau2 / (tau2 + vt);
  }
  if (k > 2 && method !== "EE") {
    const half = quantile(pi === "hts" ? df - 1 : used === "z" ? null : df) * Math.sqrt(se * se + tau2);
    fit.pi_lb = f.b - half;
    fit.pi_ub = f.b + half;
  }
  return fit;
}

// The explorer of one analysis.
const SVG = "http://www.w3.org/2000/svg";
const draw = (svg, tag, attributes) => {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  svg.append(node);
};
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
    this.rows.forEach((row, i) => this.toggle(row, i));
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

  toggle(row, i) {
    const node = $(".toggle", row);
    const flip = () => {
      const {id, cluster} = this.info.studies[i];
      if (this.info.repool) { if (!this.out.delete(id)) this.out.add(id); }
      else {
        const again = this.out.has(id);
        this.out.clear();
        if (!again) for (const s of this.info.studies) if (s.cluster === cluster) this.out.add(s.id);
      }
      this.show();
    };
    for (const [key, value] of Object.entries({role: "button", tabindex: "0", "aria-pressed": "true"})) node.setAttribute(key, value);
    node.addEventListener("click", flip);
    node.addEventListener("keydown", event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); flip(); } });
  }

  reset(remember) {
    this.state = {...this.initial};
    this.out = new Set();
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

  fit() {
    const inside = this.info.studies.filter(s => !this.out.has(s.id) && this.shown(s));
    return [inside, pool(inside.map(s => s.yi), inside.map(s => s.vi), {...this.state, pi: this.info.pi})];
  }

  show(remember = true) {
    const {info, state} = this, {scale} = this;
    for (const node of $$("select", this.box)) node.value = state[node.name];
    for (const [node, html] of this.first) node.innerHTML = html;
    const same = Object.keys(this.initial).every(key => key === "sort" || state[key] === this.initial[key]);
    const untouched = same && !this.out.size;
    const [inside, fit] = info.repool ? this.fit() : [info.studies.filter(s => !this.out.has(s.id)), null];
    const z = data.z[String(state.level)];
    const all = pool(info.studies.map(s => s.yi), info.studies.map(s => s.vi), {...this.initial, pi: info.pi});
    const limits = info.studies.map(s => [s.yi - z * Math.sqrt(s.vi), s.yi + z * Math.sqrt(s.vi)]);
    const domain = this.domain(fit ?? all, limits);
    if (!same) $(".head .effect", this.box).textContent = scale.symbol + " [" + percent(state.level) + " CI]";
    this.rows.forEach((row, i) => {
      const study = info.studies[i], place = inside.indexOf(study), counted = place >= 0;
      const node = $(".toggle", row);
      row.hidden = !this.shown(study);
      node.setAttribute("aria-pressed", String(!this.out.has(study.id)));
      if (!same) $(".effect", row).textContent = this.text(study.yi, ...limits[i]);
      if (!untouched) $(".weight", row).textContent = counted && fit ? number(fit.weights[place], "weight") + "%" : DASH;
      const share = counted && fit ? fit.weights[place] : 100 / info.studies.length;
      this.plot(row, domain, limits[i], study.yi, Math.sqrt(share / Math.max(...(fit?.weights ?? [100]))));
      node.title = study.label + ": " + scale.symbol + " = " + $(".effect", row).textContent + (study.n ? ", N = " + number(study.n, "count") : "");
    });
    if (!untouched && info.repool) {
      const n = this.people(inside);
      $(".name", this.pooledRow).textContent = "Pooled (k = " + inside.length + " of " + info.studies.length + ")";
      $(".n", this.pooledRow).textContent = number(n, "count");
      $(".effect", this.pooledRow).textContent = fit ? this.text(fit.estimate, fit.ci_lb, fit.ci_ub) : DASH;
      $(".weight", this.pooledRow).textContent = fit ? "100%" : DASH;
    }
    if (fit ?? (info.repool ? null : all)) this.diamond(domain, fit ?? all, untouched ? null : all);
    else $(".plot", this.pooledRow).replaceChildren();
    this.say(untouched, inside, fit);
    this.sort(fit);
    if (remember) save();
  }

  people(inside) {
    const largest = new Map();
    for (const s of inside) if (s.n !== null) largest.set(s.cluster, Math.max(s.n, largest.get(s.cluster) ?? 0));
    return largest.size ? sum(largest.values()) : null;
  }

  say(untouched, inside, fit) {
    const {info, scale} = this, declared = "Declared analysis, all " + info.studies.length + " effects: " + scale.symbol + " = ";
    const whole = pool(info.studies.map(s => s.yi), info.studies.map(s => s.vi), {...this.initial, pi: info.pi});
    const own = this.state.scale === this.initial.scale ? this.own : info.repool ? this.text(whole.estimate, whole.ci_lb, whole.ci_ub) : DASH;
    let text = declared + own + " (" + percent(info.level) + " CI).";
    if (!info.repool && this.out.size) {
      const cluster = info.studies.find(s => this.out.has(s.id)).cluster;
      text = "Without sample " + cluster + ": " + (info.without[cluster]?.[this.state.scale] ?? "no answer") + ". " + text;
    } else if (untouched) text += " Choose a study to leave it out.";
    else if (!fit) text = "No study is left. " + text;
    else {
      const h = fit.k > 1 ? "; \u03c4\u00b2 = " + number(fit.tau2, "tau2") + ", I\u00b2 = " + number(fit.I2, "percent") + "%" : "";
      const places = sharedDigits([this.on(fit.pi_lb), this.on(fit.pi_ub)], scale.kind, scale.null);
      const next = fit.pi_lb === null ? "" : "; " + percent(this.state.level) + " PI [" + number(this.on(fit.pi_lb), scale.kind, places) + "," + NBSP + number(this.on(fit.pi_ub), scale.kind, places) + "]";
      text = "Your selection, exploratory (k = " + fit.k + "): " + scale.symbol + " = " + this.text(fit.estimate, fit.ci_lb, fit.ci_ub) + " (" + percent(this.state.level) + " CI)" + next + h + ". " + text;
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

  sort(fit) {
    const {info, state} = this, index = new Map(this.rows.map((row, i) => [row, i]));
    const keys = {file: () => 0, year: s => s.year ?? 9999, effect: s => s.yi, n: s => -(s.n ?? 0), weight: s => s.vi};
    const sorted = [...this.rows].sort((a, b) => keys[state.sort](info.studies[index.get(a)]) - keys[state.sort](info.studies[index.get(b)]) || index.get(a) - index.get(b));
    if (sorted.some((row, i) => row !== this.order[i])) {
      const focus = document.activeElement;
      for (const row of sorted) this.pooledRow.before(row);
      this.order = sorted;
      focus?.focus?.();
    }
  }

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

// Permalinks: #explore-NAME?out=…&scale=d
function save() {
  const changed = [...explorers.values()].find(e => e.link);
  const hash = changed ? "#explore-" + changed.info.name + "?" + changed.link : location.hash.includes("?") ? "#explore-" + [...explorers.keys()][0] : location.hash;
  if (hash !== location.hash) try { history.replaceState(null, "", hash || "#"); } catch { location.hash = hash; }
}

function follow() {
  const [id, query] = decodeURI(location.hash.slice(1)).split("?");
  const explorer = explorers.get(id.replace(/^explore-/, ""));
  if (explorer && query) { explorer.restore(new URLSearchParams(location.hash.split("?")[1])); explorer.box.scrollIntoView(); return; }
  const target = id && document.getElementById(id);
  if (!target) return;
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  target.scrollIntoView();
}

for (const info of data.analyses) {
  const box = document.getElementById("explore-" + info.name);
  if (box && info.family !== "gen") explorers.set(info.name, new Explorer(box, info));
}
addEventListener("hashchange", follow);

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

// #selftest: the page recomputes what Python has told it.
function selftest() {
  const near = (a, b) => a === b || (a !== null && b !== null && Math.abs(a - b) <= 1e-8 * Math.max(Math.abs(a), Math.abs(b), 1e-4));
  const wrong = data.numbers.filter(([x, kind, digits, text]) => number(x, kind, digits) !== text).map(row => row.join(" "));
  for (const e of explorers.values()) for (const check of e.info.checks) {
    if (check.estimate === null || !e.info.methods.some(([id]) => id === e.info.method)) continue;
    const rest = e.info.studies.filter(s => s.cluster !== check.omitted);
    const fit = pool(rest.map(s => s.yi), rest.map(s => s.vi), {...e.initial, pi: e.info.pi});
    for (const key of ["estimate", "ci_lb", "ci_ub", "tau2"]) if (!near(fit[key], check[key])) wrong.push(e.info.name + " without " + check.omitted + ": " + key + " " + fit[key] + " instead of " + check[key]);
  }
  root_.dataset.selftest = wrong.length ? wrong.join("; ") : "ok";
}
if (location.hash === "#selftest") selftest(); else follow();
globalThis.rupmeta = {number, estimateText, pool, explorers, data, csv};
})();
