// What docs/losses/pictures show: the loss against similarity, in the scene that follows from what a loss says of itself.
import * as Plot from "@observablehq/plot";
import domino from "domino";
import { exampleLoss } from "./examples.mjs";

/** How similar the pair is that stays where it is. */
const FIXED = 0.5;
const STEPS = 200;
/** What no picture shows beside what others cost. */
const FLAT = 1e-3;
const COLORS = ["#1f5fbf", "#c2410c"];

/**
 * Three directions at right angles. Their coordinates have the mean 0, so that SNRDistance sees the same angles, and repeat,
 * so that half of them makes the same angles as all.
 */
const [E1, E2, E3] = [
  [1, -1, 0, 0],
  [0, 0, 1, -1],
  [Math.SQRT1_2, Math.SQRT1_2, -Math.SQRT1_2, -Math.SQRT1_2],
].map((direction) => [...direction, ...direction].map((x) => x / 2));
const SHAPE = { embeddingSize: E1.length, numClasses: 2 };
const anchor = E1;
/** Unit vectors of a similarity with the anchor; positives and negatives lean towards different sides. */
const positiveAt = (similarity) => lean(similarity, E2);
const negativeAt = (similarity) => lean(similarity, E3);

function lean(similarity, side) {
  const rest = Math.sqrt(Math.max(0, 1 - similarity ** 2));
  return anchor.map((x, k) => similarity * x + rest * side[k]);
}

/** The picture of a loss, as an SVG. @param kindred the library, built or as it is in the sources */
export function drawLoss(kindred, LossClass) {
  return draw(curvesOf(new Stage(kindred, LossClass)));
}

/** Makes the loss of a picture; wrappers are around NTXentLoss, and TripletMarginLoss beside it where they take several. */
class Stage {
  #kindred;
  #LossClass;

  constructor(kindred, LossClass) {
    this.#kindred = kindred;
    this.#LossClass = LossClass;
    this.description = LossClass.description;
    this.needs = this.summed().needs;
  }

  /** The loss whose value is the sum of its items. */
  summed() {
    return this.#make(new this.#kindred.SumReducer());
  }

  /** The loss that hands its items out. */
  itemized() {
    return this.#make(new this.#kindred.DoNothingReducer());
  }

  #make(reducer) {
    // K: where the number of learned vectors is not that of classes, two of them will do as well
    const options = { whenSilent: "ignore", reducer, K: 2 };
    const inner = ["NTXentLoss", "TripletMarginLoss"].map((name) =>
      exampleLoss(this.#kindred[name], { shape: SHAPE, options }),
    );
    return exampleLoss(this.#LossClass, { shape: SHAPE, options, inner });
  }
}

function curvesOf(stage) {
  const { family, takes, wraps } = stage.description;
  const { positives, negatives, pairs } = stage.needs;
  if (family === "classes") return amongClasses(stage);
  if (takes.labels === "scores") return ofScoredPairs(stage);
  if (takes.labels === "alike") return ofAlikePairs(stage);
  if (takes.labels === "paired" && takes.reference === "paired") return ofRankedQuery(stage);
  if (wraps !== undefined && takes.reference === "none") return afterAnotherBatch(stage);
  if (wraps !== undefined && takes.reference === "required") return ofTwoViews(stage);
  if (pairs === false) return takes.reference === "none" ? besideAnotherSample(stage) : besideItsOtherView(stage);
  if (takes.reference === "any") return positives && negatives ? amongReference(stage) : ofOnePair(stage);
  return positives && negatives ? ofBatch(stage) : ofBatchOfTwo(stage);
}

/** An anchor with a positive and a negative in a reference. */
function amongReference(stage) {
  const loss = stage.summed();
  const compare = (p, n) => comparedWith(loss, [positiveAt(p), negativeAt(n)], ["a", "b"]);
  return pairCurves(hasHistory(loss) ? withHistory(loss, compare) : compare);
}

/**
 * An anchor with one positive alone, or one negative: for losses that either teaches. A pair that costs next to nothing
 * wherever it stands is drawn beside another of its kind.
 */
function ofOnePair(stage) {
  const kinds = [
    ["positive", positiveAt, "a"],
    ["negative", negativeAt, "b"],
  ];
  return kinds.map(([kind, at, label]) => {
    const alone = (s) => comparedWith(stage.summed(), [at(s)], [label]);
    const besides = (s) => comparedWith(stage.summed(), [at(s), at(FIXED)], [label, label]);
    const isFlat = [-1, 0, 1].every((s) => Math.abs(alone(s)) < FLAT);
    return isFlat ? { name: `one of two ${kind}s`, value: besides } : { name: `a ${kind} pair`, value: alone };
  });
}

function comparedWith(loss, reference, referenceLabels) {
  return loss.evaluate([anchor], ["a"], { reference, referenceLabels }).value;
}

/** The anchor of a batch of two classes with two samples each; both of the other class are in one place. */
function ofBatch(stage) {
  const value = (p, n) => [anchor, positiveAt(p), negativeAt(n), negativeAt(n)];
  return pairCurves((p, n) => firstItem(stage.itemized().evaluate(value(p, n), ["a", "a", "b", "b"])));
}

/** The anchor of a batch of two samples. */
function ofBatchOfTwo(stage) {
  const value = (other, label) => firstItem(stage.itemized().evaluate([anchor, other], ["a", label]));
  return curves(
    ["a positive pair", (s) => value(positiveAt(s), "a")],
    ["a negative pair", (s) => value(negativeAt(s), "b")],
  );
}

/** The anchor of a batch of two samples, for losses that ask for no pairs. */
function besideAnotherSample(stage) {
  return curves([
    "the other sample of the batch",
    (s) => firstItem(stage.itemized().evaluate([anchor, negativeAt(s)], [0, 1])),
  ]);
}

/** A sample by itself in two views. */
function besideItsOtherView(stage) {
  return curves([
    "the other view of the sample",
    (s) => firstItem(stage.itemized().evaluate([anchor], null, { reference: [positiveAt(s)] })),
  ]);
}

/** The first of two samples in two views each. */
function ofTwoViews(stage) {
  const value = (own, other) =>
    firstItem(stage.itemized().evaluate([anchor, E3], null, { reference: [positiveAt(own), negativeAt(other)] }));
  return curves(["the other view of it", (s) => value(s, FIXED)], ["a view of another", (s) => value(FIXED, s)]);
}

/** A query whose answer is the first of two references; a guide sees as much. */
function ofRankedQuery(stage) {
  const [one, other] = [
    [1, 0],
    [0, 1],
  ];
  const guide = stage.description.takes.guide === true && { guideEmbeddings: [one], guideReference: [one, other] };
  const value = (own, rival) =>
    firstItem(stage.itemized().evaluate([anchor], null, { reference: [positiveAt(own), negativeAt(rival)], ...guide }));
  return curves(["its own answer", (s) => value(s, FIXED)], ["another answer", (s) => value(FIXED, s)]);
}

/** Two pairs, the first of which has the higher score. */
function ofScoredPairs(stage) {
  const value = (high, low) =>
    firstItem(stage.itemized().evaluate([anchor, anchor], [1, 0], { reference: [positiveAt(high), negativeAt(low)] }));
  return curves(
    ["the pair of higher score", (s) => value(s, FIXED)],
    ["the pair of lower score", (s) => value(FIXED, s)],
  );
}

/** A pair by itself: said to belong together, and said not to. */
function ofAlikePairs(stage) {
  const value = (similarity, isAlike) =>
    stage.summed().evaluate([anchor], [isAlike], { reference: [positiveAt(similarity)] }).value;
  return curves(["a pair that belongs together", (s) => value(s, 1)], ["a pair that does not", (s) => value(s, 0)]);
}

/** An anchor by itself, after a batch of a positive and a negative. */
function afterAnotherBatch(stage) {
  return pairCurves((p, n) => {
    const loss = stage.summed();
    loss.evaluate([positiveAt(p), negativeAt(n)], ["a", "b"]);
    return loss.evaluate([anchor], ["a"]).value;
  });
}

/** An embedding of the first of all classes: its vectors are as similar to it as said, and so are those of all others. */
function amongClasses(stage) {
  const { takes } = stage.description;
  const loss = stage.summed();
  const [matrix] = Object.values(loss.parameters);
  const value = (own, other) => {
    writeVectors(matrix, loss.options.numClasses, positiveAt(own), negativeAt(other));
    const [labels, columns] = takes.labels === "none" ? [null, { metaClasses: [0] }] : [[0], {}];
    return loss.evaluate([anchor], labels, columns).value;
  };
  if (takes.metaClasses === true)
    return curves(["its own proxy", (s) => value(s, FIXED)], ["another proxy", (s) => value(FIXED, s)]);
  return curves(["its own class's vector", (s) => value(s, FIXED)], ["another class's vector", (s) => value(FIXED, s)]);
}

/** Writes the vectors of the first class, and those of all others: rows of the parameter as wide as embeddings, or columns. */
function writeVectors({ data, rows, cols }, numClasses, own, other) {
  const isRows = cols === SHAPE.embeddingSize;
  const vectors = isRows ? rows : cols;
  const ofTheFirst = numClasses === undefined ? 1 : vectors / numClasses;
  for (let v = 0; v < vectors; v++)
    for (let k = 0; k < SHAPE.embeddingSize; k++)
      data[isRows ? v * cols + k : k * cols + v] = (v < ofTheFirst ? own : other)[k];
}

/** Whether a loss keeps more of what it saw than it learns. */
function hasHistory(loss) {
  return Object.keys(loss.state()).some((name) => !(name in loss.parameters));
}

/** The values of a loss that has seen every scene of the picture once, in an order that favours none. */
function withHistory(loss, compare) {
  const stride = 89; // has no factor in common with the number of points
  for (let k = 0; k <= STEPS; k++) {
    const s = similarityAt((k * stride) % (STEPS + 1));
    compare(s, FIXED);
    compare(FIXED, s);
  }
  const state = loss.state();
  return (p, n) => {
    loss.load(state);
    return compare(p, n);
  };
}

function firstItem({ subLosses, value }) {
  return subLosses === undefined ? value : Object.values(subLosses)[0].losses[0];
}

function pairCurves(value) {
  return curves(["the positive", (s) => value(s, FIXED)], ["the negative", (s) => value(FIXED, s)]);
}

function curves(...named) {
  return named.map(([name, value]) => ({ name, value }));
}

function similarityAt(k) {
  return (2 * k) / STEPS - 1;
}

function draw(named) {
  const similarities = Array.from({ length: STEPS + 1 }, (_, k) => similarityAt(k));
  // to a few digits, so that the last bits of a value choose no other scale
  const lines = named.map(({ value }) =>
    similarities.map((similarity) => ({ similarity, loss: Math.round(value(similarity) * 1e4) / 1e4 })),
  );
  for (const { loss } of lines.flat()) if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`);
  const document = domino.createDocument("<!doctype html><body></body>");
  const svg = Plot.plot({
    document,
    width: 560,
    height: 300,
    marginTop: 44,
    marginLeft: 52,
    marginBottom: 40,
    style: { background: "white", color: "#1f2328", fontFamily: "system-ui, sans-serif", fontSize: "12px" },
    x: { domain: [-1, 1], label: "cosine similarity", labelAnchor: "center", labelArrow: "none" },
    y: { label: "loss", labelAnchor: "top", labelArrow: "none", grid: true, nice: true, zero: true, ticks: 5 },
    marks: [
      Plot.ruleY([0], { stroke: "#8c959f" }),
      ...lines.map((points, k) =>
        Plot.lineY(points, {
          x: "similarity",
          y: "loss",
          stroke: COLORS[k],
          strokeWidth: 2.25,
          strokeDasharray: k === 0 ? null : "7,4",
        }),
      ),
      ...named.map(({ name }, k) =>
        Plot.text([`${k === 0 ? "\u2014" : "- -"} ${name} moves`], {
          frameAnchor: k === 0 ? "top-left" : "top-right",
          dy: -24,
          dx: k === 0 ? 30 : 0,
          fill: COLORS[k],
          fontWeight: "bold",
        }),
      ),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return svg.outerHTML;
}
