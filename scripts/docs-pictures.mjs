// Draws docs/losses/pictures: the loss of one item against similarity, evaluated with the built library.
// `npm run docs:pictures` draws all of them, `npm run docs:pictures -- CircleLoss` those named.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as Plot from "@observablehq/plot";
import domino from "domino";
import * as kindred from "../packages/kindred/dist/index.js";

const folder = fileURLToPath(new URL("../docs/losses/pictures/", import.meta.url));
const sources = readdirSync(new URL("../packages/kindred/src/losses/", import.meta.url), { recursive: true });
/** How similar the pair is that stays where it is. */
const FIXED = 0.5;
const STEPS = 200;
const COLORS = ["#1f5fbf", "#c2410c"];

/** Three directions at right angles whose coordinates have the mean 0, so that SNRDistance sees the same angles. */
const [E1, E2, E3] = [
  [1, -1, 0, 0],
  [0, 0, 1, -1],
  [Math.SQRT1_2, Math.SQRT1_2, -Math.SQRT1_2, -Math.SQRT1_2],
].map((direction) => direction.map((x) => x * Math.SQRT1_2));
const anchor = E1;
/** Unit vectors of a similarity with the anchor; positives and negatives lean towards different sides. */
const positiveAt = (similarity) => lean(similarity, E2);
const negativeAt = (similarity) => lean(similarity, E3);

function lean(similarity, side) {
  const rest = Math.sqrt(Math.max(0, 1 - similarity ** 2));
  return anchor.map((x, k) => similarity * x + rest * side[k]);
}

const quiet = { whenSilent: "ignore" };
const items = { ...quiet, reducer: new kindred.DoNothingReducer() };
const summed = { ...quiet, reducer: new kindred.SumReducer() };

/** The loss of an anchor that has one positive and one negative in a reference. */
function amongReference(make) {
  return pairCurves((p, n) => compare(make(), [positiveAt(p), negativeAt(n)], ["a", "b"]));
}

/** The same for losses in which positives and negatives add up: the pair drawn is the only one. */
function alone(make) {
  return curves(
    ["a positive pair", (s) => compare(make(), [positiveAt(s)], ["a"])],
    ["a negative pair", (s) => compare(make(), [negativeAt(s)], ["b"])],
  );
}

function compare(loss, reference, referenceLabels) {
  return loss.evaluate([anchor], ["a"], { reference, referenceLabels }).value;
}

/** The first item of a batch of the anchor, a positive and a negative. */
function firstOfBatch(make) {
  return pairCurves((p, n) => firstItem(make().evaluate([anchor, positiveAt(p), negativeAt(n)], ["a", "a", "b"])));
}

/** The loss of a query whose answer is the first of two references. */
function ofRankedQuery(evaluate) {
  const value = (own, other) => firstItem(evaluate([positiveAt(own), negativeAt(other)]));
  return curves(["its own answer", (s) => value(s, FIXED)], ["another answer", (s) => value(FIXED, s)]);
}

/** The loss of two pairs, the first of which has the higher score. */
function ofScoredPairs(loss) {
  const value = (high, low) =>
    loss.evaluate([anchor, anchor], [1, 0], { reference: [positiveAt(high), negativeAt(low)] }).value;
  return curves(
    ["the pair of higher score", (s) => value(s, FIXED)],
    ["the pair of lower score", (s) => value(FIXED, s)],
  );
}

/** The value of such a batch. */
function ofBatch(make) {
  return pairCurves((p, n) => make().evaluate([anchor, positiveAt(p), negativeAt(n)], ["a", "a", "b"]).value);
}

function firstItem({ subLosses }) {
  return subLosses.loss.losses[0];
}

/** The loss of an embedding of class 0 among two classes, whose vectors are as similar to it as said. */
function ofClasses(Loss, options = {}) {
  const loss = new Loss({ numClasses: 2, embeddingSize: anchor.length, ...summed, ...options });
  const [matrix] = Object.values(loss.parameters);
  const value = (own, other) => {
    writeVectors(matrix, [positiveAt(own), negativeAt(other)]);
    return loss.evaluate([anchor], [0]).value;
  };
  return curves(["its own class's vector", (s) => value(s, FIXED)], ["another class's vector", (s) => value(FIXED, s)]);
}

/** Writes both classes' vectors, as rows when the parameter is 2 x size and else as columns. */
function writeVectors(matrix, vectors) {
  const size = anchor.length;
  const isRows = matrix.rows === 2 && matrix.cols === size;
  const perClass = isRows ? 1 : matrix.cols / 2;
  for (let c = 0; c < 2; c++)
    for (let v = 0; v < perClass; v++)
      for (let k = 0; k < size; k++)
        matrix.data[isRows ? c * size + k : k * matrix.cols + c * perClass + v] = vectors[c][k];
}

function pairCurves(value) {
  return curves(["the positive", (s) => value(s, FIXED)], ["the negative", (s) => value(FIXED, s)]);
}

function curves(...named) {
  return named.map(([name, value]) => ({ name, value }));
}

const pictures = {
  AnglELoss: () => ofScoredPairs(new kindred.AnglELoss(quiet)),
  AngularLoss: () => amongReference(() => new kindred.AngularLoss(summed)),
  ArcFaceLoss: () => ofClasses(kindred.ArcFaceLoss),
  CircleLoss: () => amongReference(() => new kindred.CircleLoss(summed)),
  ContrastiveLoss: () => alone(() => new kindred.ContrastiveLoss(summed)),
  CoSENTLoss: () => ofScoredPairs(new kindred.CoSENTLoss(quiet)),
  CosFaceLoss: () => ofClasses(kindred.CosFaceLoss),
  CrossBatchMemory: () => {
    const value = (remembered, label) => {
      const loss = new kindred.CrossBatchMemory(new kindred.ContrastiveLoss(summed), {
        embeddingSize: anchor.length,
        memorySize: 4,
      });
      loss.evaluate([remembered], [label]);
      return loss.evaluate([anchor], ["a"]).value;
    };
    return curves(
      ["a positive in memory", (s) => value(positiveAt(s), "a")],
      ["a negative in memory", (s) => value(negativeAt(s), "b")],
    );
  },
  DynamicSoftMarginLoss: () =>
    amongReference(() => {
      const loss = new kindred.DynamicSoftMarginLoss({ ...quiet, momentum: 0 });
      loss.load({ histogram: new Array(loss.options.numBins).fill(1 / loss.options.numBins) });
      return loss;
    }),
  FastAPLoss: () => firstOfBatch(() => new kindred.FastAPLoss(items)),
  GeneralizedLiftedStructureLoss: () => amongReference(() => new kindred.GeneralizedLiftedStructureLoss(summed)),
  GenericPairLoss: () =>
    alone(
      () =>
        new kindred.GenericPairLoss({ ...summed, positive: (d) => d ** 2, negative: (d) => Math.max(0, 1 - d) ** 2 }),
    ),
  GISTLoss: () => {
    const loss = new kindred.GISTLoss(items);
    const guide = {
      guideEmbeddings: [[1, 0]],
      guideReference: [
        [1, 0],
        [0, 1],
      ],
    };
    return ofRankedQuery((reference) => loss.evaluate([anchor], null, { reference, ...guide }));
  },
  HistogramLoss: () => ofBatch(() => new kindred.HistogramLoss(quiet)),
  InstanceLoss: () =>
    curves([
      "the other sample of the batch",
      (s) => firstItem(new kindred.InstanceLoss(items).evaluate([anchor, negativeAt(s)], [0, 1])),
    ]),
  IntraPairVarianceLoss: () => {
    const loss = new kindred.IntraPairVarianceLoss(summed);
    return curves(
      ["one of two positives", (s) => compare(loss, [positiveAt(s), positiveAt(FIXED)], ["a", "a"])],
      ["one of two negatives", (s) => compare(loss, [negativeAt(s), negativeAt(FIXED)], ["b", "b"])],
    );
  },
  LargeMarginSoftmaxLoss: () => ofClasses(kindred.LargeMarginSoftmaxLoss),
  LiftedStructureLoss: () => amongReference(() => new kindred.LiftedStructureLoss(summed)),
  ManifoldLoss: () => {
    const loss = new kindred.ManifoldLoss({ ...quiet, l: anchor.length, K: 2 });
    const value = (own, other) => {
      loss.proxies.data.set([...positiveAt(own), ...negativeAt(other)]);
      return loss.evaluate([anchor], null, { metaClasses: [0] }).value;
    };
    return curves(["its own proxy", (s) => value(s, FIXED)], ["another proxy", (s) => value(FIXED, s)]);
  },
  MarginLoss: () => amongReference(() => new kindred.MarginLoss(summed)),
  MatryoshkaLoss: () => {
    const loss = new kindred.MatryoshkaLoss(new kindred.NTXentLoss(summed), { sizes: [4, 2] });
    // any first two of these columns are at the same angle as all four
    const at = (similarity) => [1, -1].map((sign) => similarity + sign * Math.sqrt(1 - similarity ** 2));
    const twice = (row) => [...row, ...row];
    return pairCurves(
      (p, n) =>
        loss.evaluate([[1, 1, 1, 1]], ["a"], {
          reference: [twice(at(p)), twice(at(n))],
          referenceLabels: ["a", "b"],
        }).value,
    );
  },
  MultipleLosses: () =>
    amongReference(
      () =>
        new kindred.MultipleLosses([new kindred.TripletMarginLoss(summed), new kindred.NTXentLoss(summed)], {
          weights: [1, 0.1],
        }),
    ),
  MultipleNegativesRankingLoss: () => {
    const loss = new kindred.MultipleNegativesRankingLoss(items);
    return ofRankedQuery((reference) => loss.evaluate([anchor], null, { reference }));
  },
  MultiSimilarityLoss: () => alone(() => new kindred.MultiSimilarityLoss(summed)),
  NCALoss: () => amongReference(() => new kindred.NCALoss(summed)),
  NormalizedSoftmaxLoss: () => ofClasses(kindred.NormalizedSoftmaxLoss),
  NPairsLoss: () => {
    const loss = new kindred.NPairsLoss(items);
    return pairCurves((p, n) =>
      firstItem(loss.evaluate([anchor, positiveAt(p), anchor, negativeAt(n)], ["a", "a", "b", "b"])),
    );
  },
  NTXentLoss: () => amongReference(() => new kindred.NTXentLoss(summed)),
  P2SGradLoss: () => ofClasses(kindred.P2SGradLoss),
  PNPLoss: () => ofBatch(() => new kindred.PNPLoss(quiet)),
  ProxyAnchorLoss: () => ofClasses(kindred.ProxyAnchorLoss),
  ProxyNCALoss: () => ofClasses(kindred.ProxyNCALoss),
  RankedListLoss: () => {
    const value = (other, label) =>
      firstItem(new kindred.RankedListLoss({ margin: 0.4, Tn: 10, ...items }).evaluate([anchor, other], ["a", label]));
    return curves(
      ["a positive pair", (s) => value(positiveAt(s), "a")],
      ["a negative pair", (s) => value(negativeAt(s), "b")],
    );
  },
  SelfSupervisedLoss: () => {
    const loss = new kindred.SelfSupervisedLoss(new kindred.NTXentLoss(items), { symmetric: false });
    const value = (own, other) => firstItem(loss.evaluate([anchor, E3], [positiveAt(own), negativeAt(other)]));
    return curves(["the other view of it", (s) => value(s, FIXED)], ["a view of another", (s) => value(FIXED, s)]);
  },
  SigLIPLoss: () => alone(() => new kindred.SigLIPLoss(summed)),
  SignalToNoiseRatioContrastiveLoss: () => alone(() => new kindred.SignalToNoiseRatioContrastiveLoss(summed)),
  SoftTripleLoss: () => ofClasses(kindred.SoftTripleLoss),
  SphereFaceLoss: () => ofClasses(kindred.SphereFaceLoss),
  SubCenterArcFaceLoss: () => ofClasses(kindred.SubCenterArcFaceLoss),
  SupConLoss: () => amongReference(() => new kindred.SupConLoss(summed)),
  ThresholdConsistentMarginLoss: () => alone(() => new kindred.ThresholdConsistentMarginLoss(quiet)),
  TripletMarginLoss: () => amongReference(() => new kindred.TripletMarginLoss(summed)),
  TupletMarginLoss: () => amongReference(() => new kindred.TupletMarginLoss(summed)),
  VICRegLoss: () => {
    const loss = new kindred.VICRegLoss(quiet);
    return curves([
      "the other view of the sample",
      (s) => loss.evaluate([anchor], null, { reference: [positiveAt(s)] }).value,
    ]);
  },
};

mkdirSync(folder, { recursive: true });
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in pictures));
if (unknown !== undefined) throw new Error(`no picture of ${unknown}; known: ${Object.keys(pictures).join(", ")}`);
for (const name of wanted.length > 0 ? wanted : Object.keys(pictures)) {
  const svg = draw(pictures[name]());
  writeFileSync(`${folder}${fileName(name)}.svg`, `${svg}\n`);
  console.log(`${name}: ${svg.length} bytes`);
}

/** The name of the loss's source file. */
function fileName(name) {
  const file = sources.find((file) => file.toLowerCase() === `${name.toLowerCase()}.ts`);
  return file.slice(0, -".ts".length);
}

function draw(named) {
  const similarities = Array.from({ length: STEPS + 1 }, (_, k) => (2 * k) / STEPS - 1);
  const lines = named.map(({ value }) => similarities.map((similarity) => ({ similarity, loss: value(similarity) })));
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
