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
