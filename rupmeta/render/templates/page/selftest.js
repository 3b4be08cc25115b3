// #selftest: the page recomputes what Python has told it.
function selftest() {
  const near = (a, b) => a === b || (a !== null && b !== null && Math.abs(a - b) <= 1e-8 * Math.max(Math.abs(a), Math.abs(b), 1e-4));
  const wrong = data.numbers.filter(([x, kind, digits, text]) => number(x, kind, digits) !== text).map(row => row.join(" "));
  for (const e of explorers.values()) for (const check of e.info.checks) {
    if (check.estimate === null || !e.info.repool || !e.info.methods.some(([id]) => id === e.info.method)) continue;
    const rest = e.info.studies.filter(s => s.cluster !== check.omitted);
    const fit = pool(rest.map(s => s.yi), rest.map(s => s.vi), {...e.initial, pi: e.info.pi});
    for (const key of ["estimate", "ci_lb", "ci_ub", "tau2"]) if (!near(fit[key], check[key])) wrong.push(e.info.name + " without " + check.omitted + ": " + key + " " + fit[key] + " instead of " + check[key]);
  }
  root_.dataset.selftest = wrong.length ? wrong.join("; ") : "ok";
}
if (location.hash === "#selftest") selftest(); else follow();
globalThis.rupmeta = {number, estimateText, pool, explorers, curves, data, csv};
