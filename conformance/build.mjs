// Builds kindred's objects from {"class","options"} as the golden cases name them.
import * as kindred from "kindred";

/** An exported class of kindred by its name. */
export function classOf(name) {
  const found = kindred[name];
  if (typeof found !== "function") throw new Error(`kindred has no ${JSON.stringify(name)}`);
  return found;
}

/** Numbers are numbers or "NaN", "Infinity", "-Infinity". */
export function number(value) {
  return typeof value === "string" ? Number(value) : value;
}

/** A matrix of a case as kindred takes it, every entry rounded to float32. */
export function matrix(given) {
  return given && { rows: given.rows, cols: given.cols, data: Float32Array.from(given.data, number) };
}

/** A matrix or a number as a case writes it. */
export function plain(value) {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (ArrayBuffer.isView(value)) return Array.from(value, plain);
  return { rows: value.rows, cols: value.cols, data: Array.from(value.data, plain) };
}

const namesOfNumbers = new Set(["NaN", "Infinity", "-Infinity"]);

/** Plain options; infinities come as strings. */
export function options(given = {}) {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, namesOfNumbers.has(value) ? Number(value) : value]),
  );
}

export function buildDistance(spec) {
  return new (classOf(spec.class))(options(spec.options));
}

export function buildReducer(spec) {
  const given = options(spec.options);
  if (given.reducer) given.reducer = buildReducer(given.reducer);
  if (given.defaultReducer) given.defaultReducer = buildReducer(given.defaultReducer);
  if (given.reducers) given.reducers = mapValues(given.reducers, buildReducer);
  return new (classOf(spec.class))(given);
}

export function buildRegularizer(spec) {
  const given = options(spec.options);
  if (spec.distance) given.distance = buildDistance(spec.distance);
  if (spec.reducer) given.reducer = buildReducer(spec.reducer);
  return new (classOf(spec.class))(given);
}

/** A loss with the parameters of the case. */
export function buildLoss(spec) {
  const given = { ...options(spec.options), whenSilent: "ignore" };
  if (spec.distance) given.distance = buildDistance(spec.distance);
  if (spec.reducer) given.reducer = buildReducer(spec.reducer);
  for (const kind of ["embedding", "weight"]) {
    const regularizer = spec[`${kind}Regularizer`];
    if (regularizer === undefined) continue;
    given[`${kind}Regularizer`] = buildRegularizer(regularizer);
    given[`${kind}RegWeight`] = regularizer.weight ?? 1;
  }
  const loss = new (classOf(spec.class))(given);
  for (const [name, value] of Object.entries(spec.parameters ?? {})) {
    const parameter = loss.parameters[name];
    if (parameter === undefined) throw new Error(`${spec.class} has no parameter ${name}`);
    parameter.data.set(matrix(value).data);
  }
  return loss;
}

export function buildMiner(spec) {
  const given = options(spec.options);
  if (spec.distance) given.distance = buildDistance(spec.distance);
  return new (classOf(spec.class))(given);
}

export function mapValues(object, f) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, f(value, key)]));
}
