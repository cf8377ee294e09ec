import { describe, expect, it } from "vitest";
import {
  ArcFaceLoss,
  ContrastiveLoss,
  GlobalOrthogonalRegularizationLoss,
  HistogramLoss,
  MultipleLosses,
  MultiSimilarityMiner,
  NCALoss,
  prepareBatch,
  SupConLoss,
  TripletMarginLoss,
  type Label,
  type Loss,
  type Miner,
} from "../../../src/index.ts";
import { threeLabels, threeRows } from "../../support/byHand.ts";
import { HOSTILE_CLASSES, HOSTILE_WIDTH, describeHostileInputs } from "../../support/hostile.ts";
import { fromRows, plainDistances, plainPairs, type Rows } from "../../support/plain.ts";
import { expectTwin, normalRows } from "../../support/twin.ts";

const rows = normalRows(8, 4, 1);
const labels: Label[] = [0, 0, 1, 1, 2, 2, 0, 1];
const options = { whenSilent: "ignore" } as const;
const arcFace = (): ArcFaceLoss => new ArcFaceLoss({ ...options, numClasses: 3, embeddingSize: 4, seed: 2 });

/** ContrastiveLoss without zeros averaged, and TripletMarginLoss, from their equations. */
function plainContrastive(query: Rows, reference: Rows | null, referenceLabels: Label[] | null): number {
  const distance = new ContrastiveLoss().distance;
  const distances = plainDistances(distance, query, reference ?? query);
  const [positives, negatives] = plainPairs(labels, referenceLabels);
  const mean = (items: number[]): number => {
    const active = items.filter((item) => item > 0);
    return active.length === 0 ? 0 : active.reduce((sum, x) => sum + x, 0) / active.length;
  };
  return mean(positives.map(([a, p]) => distances[a][p])) + mean(negatives.map(([a, n]) => 1 - distances[a][n]));
}

function plainTriplet(query: Rows, reference: Rows | null, referenceLabels: Label[] | null): number {
  const distances = plainDistances(new TripletMarginLoss().distance, query, reference ?? query);
  const [positives, negatives] = plainPairs(labels, referenceLabels);
  const items = positives.flatMap(([a, p]) =>
    negatives.filter(([b]) => b === a).map(([, n]) => Math.max(0, distances[a][p] - distances[a][n] + 0.05)),
  );
  const active = items.filter((item) => item > 0);
  return active.length === 0 ? 0 : active.reduce((sum, x) => sum + x, 0) / active.length;
}

describe("MultipleLosses equals its equation, the weighted sum, in value and slope", () => {
  const pair = (): Loss[] => [new ContrastiveLoss(), new TripletMarginLoss()];

  it("of a batch", () => {
    const loss = new MultipleLosses(pair(), { weights: [0.7, -2] });
    expectTwin(
      loss.evaluate(fromRows(rows), labels),
      { embeddings: rows },
      ({ embeddings }) => 0.7 * plainContrastive(embeddings, null, null) - 2 * plainTriplet(embeddings, null, null),
    );
  });

  it("of a batch and its reference, without weights", () => {
    const reference = normalRows(5, 4, 2);
    const referenceLabels = [0, 1, 2, 0, 1];
    const evaluation = new MultipleLosses(pair()).evaluate(fromRows(rows), labels, {
      reference: fromRows(reference),
      referenceLabels,
    });
    expectTwin(evaluation, { embeddings: rows, reference }, ({ embeddings, reference: moved }) => {
      const others = moved;
      return plainContrastive(embeddings, others, referenceLabels) + plainTriplet(embeddings, others, referenceLabels);
    });
  });
});

describe("MultipleLosses", () => {
  it("tells the value of each loss by its name, unweighted, and of a sum within it those of its losses", () => {
    const within = new MultipleLosses([new ContrastiveLoss(), new TripletMarginLoss()], { weights: [1, 2] });
    const outer = new MultipleLosses({ one: new ContrastiveLoss(), sum: within }, { weights: { one: 3, sum: 4 } });
    const { value, values } = outer.evaluate(rows, labels);
    const [one, other] = [new ContrastiveLoss(), new TripletMarginLoss()].map(
      (loss) => loss.evaluate(rows, labels).value,
    );
    expect(values).toEqual({ one, "sum.0": one, "sum.1": other });
    expect(value).toBeCloseTo(3 * one + 4 * (one + 2 * other), 10);
  });

  it("adds up the slopes of columns of negatives, of losses that have some", () => {
    const [rows, reference, ...negatives] = [1, 2, 3, 4].map((seed) => normalRows(5, 3, seed));
    const losses = [
      new GlobalOrthogonalRegularizationLoss(),
      new GlobalOrthogonalRegularizationLoss({ meanWeight: 0 }),
    ];
    const columns = { reference, negatives };
    const { gradients } = new MultipleLosses(losses, { weights: [2, 3] }).evaluate(rows, null, columns);
    const [one, other] = losses.map((loss) => loss.evaluate(rows, null, columns).gradients.negatives!);
    expect(gradients.negatives).toHaveLength(2);
    gradients.negatives!.forEach(({ data }, k) => {
      data.forEach((slope, at) => expect(slope).toBeCloseTo(2 * one[k].data[at] + 3 * other[k].data[at], 5));
    });
  });

  it("names losses, parameters, slopes and evaluations as it was given them", () => {
    const losses = { pairs: new SupConLoss(options), classes: arcFace() };
    const loss = new MultipleLosses(losses, { weights: { pairs: 1, classes: 0.25 } });
    expect(Object.keys(loss.parameters)).toEqual(["classes.W"]);
    expect(loss.parameters["classes.W"]).toBe(losses.classes.parameters.W);
    const { value, gradients, evaluations } = loss.evaluate(rows, labels);
    const [pairs, classes] = [losses.pairs.evaluate(rows, labels), losses.classes.evaluate(rows, labels)];
    expect(evaluations).toEqual({ pairs, classes });
    expect(value).toBeCloseTo(pairs.value + 0.25 * classes.value, 12);
    gradients.parameters["classes.W"].data.forEach((slope, k) =>
      expect(slope).toBeCloseTo(0.25 * classes.gradients.parameters.W.data[k], 6),
    );
    expect(Object.keys(new MultipleLosses([arcFace(), arcFace()]).parameters)).toEqual(["0.W", "1.W"]);
  });

  it("gives each loss what its own miner finds, and all pairs to a loss without one", () => {
    const seen: string[] = [];
    const miner = (name: string, anchors1: number[], positives: number[]): Miner => ({
      name,
      mine: () => {
        seen.push(name);
        return { anchors1, positives, anchors2: [0, 1, 2], negatives: [2, 3, 4] };
      },
    });
    const miners = { a: miner("a", [0, 1], [1, 0]), b: miner("b", [2, 4], [3, 5]) };
    const losses = {
      a: new ContrastiveLoss(options),
      b: new ContrastiveLoss(options),
      c: new ContrastiveLoss(options),
    };
    const { value, evaluations } = new MultipleLosses(losses, { miners }).evaluate(rows, labels);
    expect(seen).toEqual(["a", "b"]);
    const alone = (name: "a" | "b") => losses[name].evaluate(rows, labels, { tuples: miners[name].mine(rows, labels) });
    expect(evaluations.a).toEqual(alone("a"));
    expect(evaluations.b).toEqual(alone("b"));
    expect(evaluations.c).toEqual(losses.c.evaluate(rows, labels));
    expect(value).toBeCloseTo(evaluations.a.value + evaluations.b.value + evaluations.c.value, 12);
  });

  it("gives a pair loss nothing where its miner found a single pair, as pytorch-metric-learning does", () => {
    const miner: Miner = {
      name: "One",
      mine: () => ({ anchors1: [0], positives: [1], anchors2: [0], negatives: [2] }),
    };
    const given = new MultipleLosses([new ContrastiveLoss(options), new TripletMarginLoss(options)], {
      miners: [miner, miner],
    });
    const { evaluations } = given.evaluate(rows, labels);
    expect(evaluations["0"].report.status).toBe("no-tuples");
    expect(evaluations["1"].report.items).toBe(1);
  });

  it("leaves a single pair to a loss whose anchors it weighs, or whose items are no pairs", () => {
    const miner: Miner = {
      name: "One",
      mine: () => ({ anchors1: [0], positives: [1], anchors2: [0], negatives: [2] }),
    };
    const losses = [new NCALoss(options), new HistogramLoss(options)];
    const { evaluations } = new MultipleLosses(losses, { miners: [miner, miner] }).evaluate(rows, labels);
    const tuples = miner.mine(rows, labels);
    losses.forEach((loss, k) => expect(evaluations[k].value).toBe(loss.evaluate(rows, labels, { tuples }).value));
  });

  it("hands a batch that was prepared on with its reference", () => {
    const [reference, referenceLabels] = [normalRows(5, 4, 2), [0, 1, 2, 0, 1]];
    const batch = prepareBatch(rows, labels, { reference, referenceLabels, learnReference: false });
    const losses = [new SupConLoss(options), new TripletMarginLoss(options)];
    const { value, gradients } = new MultipleLosses(losses).evaluate(batch, labels);
    const raw = new MultipleLosses(losses).evaluate(rows, labels, { reference, referenceLabels });
    expect([value, gradients.embeddings]).toEqual([raw.value, raw.gradients.embeddings]);
    expect(gradients.reference).toBeUndefined();
  });

  it("passes tuples on to all losses where there are no miners", () => {
    const tuples = { anchors: [0, 2], positives: [1, 3], negatives: [2, 4] };
    const losses = [new ContrastiveLoss(options), new TripletMarginLoss(options)];
    const { evaluations } = new MultipleLosses(losses).evaluate(rows, labels, { tuples });
    losses.forEach((loss, k) => expect(evaluations[k]).toEqual(loss.evaluate(rows, labels, { tuples })));
  });

  it("has taught something when any of its losses learned from the batch", () => {
    const loss = new MultipleLosses([new SupConLoss(options), new ContrastiveLoss(options)]);
    const { report, evaluations } = loss.evaluate(rows, [...Array(8).keys()]);
    expect(evaluations["0"].report.status).toBe("no-positive-pairs");
    expect(report.status).toBe("learning");
    expect(report.items).toBe(56);
    const silent = new MultipleLosses([new SupConLoss(options), new TripletMarginLoss(options)]);
    expect(silent.evaluate(rows, [...Array(8).keys()]).report.status).toBe("no-positive-pairs");
  });

  it("needs what all of its losses need", () => {
    expect(new MultipleLosses([new SupConLoss(), new TripletMarginLoss()]).needs).toMatchObject({ positives: true });
    expect(new MultipleLosses([new SupConLoss(), new ContrastiveLoss()]).needs.positives).toBe(false);
    expect(new MultipleLosses([new SupConLoss(), arcFace()]).needs.positives).toBe(false);
  });

  it("goes on from a saved state, and from no other", () => {
    const [loss, other] = [2, 3].map(
      (seed) =>
        new MultipleLosses({
          pairs: new SupConLoss(options),
          classes: new ArcFaceLoss({ numClasses: 3, embeddingSize: 4, seed }),
        }),
    );
    expect(other.evaluate(rows, labels).value).not.toBe(loss.evaluate(rows, labels).value);
    other.load(structuredClone(loss.state()));
    expect(other.evaluate(rows, labels)).toEqual(loss.evaluate(rows, labels));
    expect(() => new MultipleLosses([arcFace()]).load(loss.state())).toThrow(
      /the state's losses has no 0 and has the unexpected pairs, classes; it is not of this MultipleLosses/,
    );
  });

  it("refuses losses, miners and weights that do not match", () => {
    const pair = [new SupConLoss(), new TripletMarginLoss()];
    const miner = new MultiSimilarityMiner();
    const refused: [() => unknown, RegExp][] = [
      [() => new MultipleLosses([]), /losses is empty/],
      [() => new MultipleLosses([pair[0], null as never]), /losses\.1 is null; give a loss/],
      [() => new MultipleLosses(pair, { weights: [1] }), /weights has no entry "1"/],
      [() => new MultipleLosses(pair, { weights: [1, 2, 3] }), /weights has an entry "2"; the losses are 0, 1/],
      [() => new MultipleLosses(pair, { weights: { 0: 1, 1: 1 } }), /weights is no list/],
      [() => new MultipleLosses(pair, { weights: [1, NaN] }), /weights\.1 is NaN/],
      [() => new MultipleLosses({ a: pair[0] }, { weights: [1] }), /weights is a list/],
      [() => new MultipleLosses({ a: pair[0] }, { miners: { b: miner } }), /miners has an entry "b"/],
      [() => new MultipleLosses(pair, { miners: [miner] }), /miners has no entry "1"/],
      [() => new MultipleLosses(pair, { weight: [1, 1] } as object), /did you mean "weights"/],
    ];
    for (const [call, sentence] of refused) expect(call).toThrow(sentence);
    const mined = new MultipleLosses(pair, { miners: [miner, null] });
    expect(() => mined.evaluate(rows, null)).toThrow(/miners need labels/);
    const tuples = { anchors: [0], positives: [1], negatives: [2] };
    expect(() => mined.evaluate(rows, labels, { tuples })).toThrow(/miners of their own/);
  });
});

describeHostileInputs(
  "MultipleLosses",
  (given) =>
    new MultipleLosses(
      {
        pairs: new SupConLoss(given),
        triplets: new TripletMarginLoss(given),
        classes: new ArcFaceLoss({
          whenSilent: given.whenSilent,
          numClasses: HOSTILE_CLASSES,
          embeddingSize: HOSTILE_WIDTH,
        }),
      },
      { weights: { pairs: 1, triplets: 0.5, classes: -2 }, miners: { triplets: new MultiSimilarityMiner() } },
    ),
);

it("MultipleLosses of unit vectors can be checked by hand", () => {
  const losses = [new TripletMarginLoss(), new ContrastiveLoss()];
  const { value } = new MultipleLosses(losses, { weights: [1, 0.5] }).evaluate(threeRows, threeLabels);
  const [positive, negative] = [Math.sqrt(0.8), Math.sqrt(0.4)];
  expect(value).toBeCloseTo(positive - negative + 0.05 + 0.5 * (positive + 1 - negative), 5);
});
