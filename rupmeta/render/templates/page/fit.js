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
  const k = y.length, w = new Array(k);
  let s1 = 0, s2 = 0, sy = 0, logs = 0, yPy = 0, yPPy = 0;
  for (let i = 0; i < k; i++) {
    const wi = w[i] = 1 / (v[i] + tau2);
    s1 += wi; s2 += wi * wi; sy += wi * y[i]; logs += Math.log(v[i] + tau2);
  }
  const b = sy / s1;
  for (let i = 0; i < k; i++) { const we = w[i] * (y[i] - b); yPy += we * (y[i] - b); yPPy += we * we; }
  return {w, s1, s2, b, yPy, yPPy, trace: s1 - s2 / s1, logs};
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
