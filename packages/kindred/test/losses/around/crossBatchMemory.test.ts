import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AngularLoss,
  ArcFaceLoss,
  AvgNonZeroReducer,
  ContrastiveLoss,
  CrossBatchMemory,
  DynamicSoftMarginLoss,
  FastAPLoss,
  HistogramLoss,
  LpDistance,
  MarginLoss,
  MultiSimilarityMiner,
  NCALoss,
  prepareBatch,
  Random,
  RankedListLoss,
  SupConLoss,
  ThresholdConsistentMarginLoss,
  TripletMarginLoss,
  type CrossBatchMemoryOptions,
  type Label,
  type Loss,
  type Miner,
  type Pairs,
} from "../../../src/index.ts";
import { threeRows } from "../../support/byHand.ts";
import { HOSTILE_WIDTH, describeHostileInputs } from "../../support/hostile.ts";
import { fromRows, plainDistances, plainReduce, type Pair, type Rows } from "../../support/plain.ts";
import { expectTwin, normalRows } from "../../support/twin.ts";

const WIDTH = 3;
const POS_MARGIN = 0.3;
const NEG_MARGIN = 0.9;
const contrastive = (): ContrastiveLoss =>
  new ContrastiveLoss({ posMargin: POS_MARGIN, negMargin: NEG_MARGIN, whenSilent: "ignore" });
const make = (loss: Loss, options: Partial<CrossBatchMemoryOptions> = {}): CrossBatchMemory =>
  new CrossBatchMemory(loss, { embeddingSize: WIDTH, memorySize: 10, ...options });

interface Step {
  readonly rows: Rows;
  readonly labels: readonly Label[];
  readonly mask?: readonly boolean[];
  readonly tuples?: Pairs<number[]>;
}

/** The plainest memory: places and what stands in them. */
class PlainMemory {
  readonly rows: Rows = [];
  readonly labels: Label[] = [];
  next = 0;
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  put(row: number[], label: Label): number {
    const place = this.next;
    [this.rows[place], this.labels[place]] = [row, label];
    this.next = (place + 1) % this.#size;
    return place;
  }
}

/** ContrastiveLoss of pairs (row, remembered row). */
function plainContrastive(rows: Rows, memory: Rows, positives: readonly Pair[], negatives: readonly Pair[]): number {
  const distances = plainDistances(new LpDistance(), rows, memory);
  const reduce = (kind: string, pairs: readonly Pair[], loss: (d: number) => number): number =>
    plainReduce(
      new AvgNonZeroReducer(),
      pairs.map(([anchor, j]) => ({ anchor, loss: Math.max(0, loss(distances[anchor][j])) })),
      kind,
      rows.length,
      null,
    );
  return reduce("pos_pair", positives, (d) => d - POS_MARGIN) + reduce("neg_pair", negatives, (d) => NEG_MARGIN - d);
}

/** Runs a step through both and compares value and slope. */
function compareStep(
  loss: CrossBatchMemory,
  memory: PlainMemory,
  { rows, labels, mask, tuples }: Step,
  isChosen: (anchor: number, place: number) => boolean = () => true,
): void {
  const evaluation = loss.evaluate(fromRows(rows, WIDTH), labels, { enqueueMask: mask, tuples });
  const places = rows.map((row, i) => (mask === undefined || mask[i] ? memory.put(row, labels[i]) : -1));
  const anchors = rows.map((_, i) => i).filter((i) => mask === undefined || !mask[i]);
  const others = memory.labels.map((_, place) => place);
  // a miner is handed the anchors alone
  const all = anchors.flatMap((a, k) => others.filter((j) => isChosen(k, j)).map((j): Pair => [a, j]));
  const positives = all.filter(([a, j]) => memory.labels[j] === labels[a] && (mask !== undefined || j !== places[a]));
  const negatives = all.filter(([a, j]) => memory.labels[j] !== labels[a]);
  tuples?.anchors1.forEach((a, k) => positives.push([a, places[tuples.positives[k]]]));
  tuples?.anchors2.forEach((a, k) => negatives.push([a, places[tuples.negatives[k]]]));
  const remembered = memory.rows.map((row) => [...row]);
  expectTwin(evaluation, { embeddings: rows }, ({ embeddings }) =>
    plainContrastive(embeddings, remembered, positives, negatives),
  );
  expect(evaluation.gradients.reference).toBeUndefined();
  expect(evaluation.report).toMatchObject({
    positivePairs: positives.length,
    negativePairs: negatives.length,
  });
  expect(loss.queueIdx).toBe(memory.next);
  expect(loss.memoryLabels).toEqual(memory.labels);
}

function stepOf(n: number, seed: number): Step {
  const random = new Random(seed);
  return { rows: normalRows(n, WIDTH, seed), labels: Array.from({ length: n }, () => "abc"[random.integer(3)]) };
}

describe("CrossBatchMemory equals its brute-force twin in value and slope", () => {
  it("over runs of batches of any size, around the ring", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 6 }), fc.nat(1e6), (sizes, seed) => {
        const [loss, memory] = [make(contrastive(), { memorySize: 9 }), new PlainMemory(9)];
        sizes.forEach((n, step) => compareStep(loss, memory, stepOf(n, seed + step)));
      }),
      { numRuns: 25, seed: 3 },
    );
  });

  it("with a mask: some rows remembered, the others learned from", () => {
    const [loss, memory] = [make(contrastive()), new PlainMemory(10)];
    for (let step = 0; step < 5; step++) {
      const mask = [true, step % 2 === 0, false, step > 2, false, true];
      compareStep(loss, memory, { ...stepOf(6, 20 + step), mask });
    }
    compareStep(loss, memory, { ...stepOf(3, 30), mask: [true, true, true] });
    compareStep(loss, memory, { ...stepOf(3, 31), mask: [false, false, false] });
  });

  it("with a miner between batch and memory, whose pairs of a sample with itself are left out", () => {
    const isChosen = (anchor: number, place: number): boolean => (anchor + place) % 2 === 0 || place === anchor + 2;
    const miner: Miner = {
      name: "ByPlace",
      mine(_, labels, options): Pairs {
        const others = Array.from(options!.referenceLabels!);
        const found = { anchors1: [], positives: [], anchors2: [], negatives: [] } as Record<string, number[]>;
        for (let a = 0; a < labels.length; a++)
          others.forEach((other, j) => {
            if (!isChosen(a, j)) return;
            const [anchors, list] = other === labels[a] ? ["anchors1", "positives"] : ["anchors2", "negatives"];
            found[anchors].push(a);
            found[list].push(j);
          });
        return found as unknown as Pairs;
      },
    };
    const [loss, memory] = [make(contrastive(), { miner }), new PlainMemory(10)];
    for (let step = 0; step < 5; step++) compareStep(loss, memory, stepOf(4, 40 + step), isChosen);
    const mask = [true, false, true, false];
    compareStep(loss, memory, { ...stepOf(4, 50), mask }, isChosen);
  });

  it("with tuples of the batch, learned from in addition", () => {
    const [loss, memory] = [make(contrastive()), new PlainMemory(10)];
    const tuples = { anchors1: [0, 3], positives: [2, 1], anchors2: [1, 1, 2], negatives: [0, 3, 3] };
    for (let step = 0; step < 4; step++) compareStep(loss, memory, { ...stepOf(4, 60 + step), tuples });
  });
});

describe("CrossBatchMemory", () => {
  it("excludes a sample by its place, not by its values: an equal one remembered earlier is its positive", () => {
    const loss = make(new ContrastiveLoss({ whenSilent: "ignore" }));
    const rows = [[1, 2, 3]];
    expect(loss.evaluate(rows, ["a"]).report.positivePairs).toBe(0);
    expect(loss.evaluate(rows, ["a"]).report.positivePairs).toBe(1);
    expect(loss.evaluate(rows, ["a"]).report.positivePairs).toBe(2);
  });

  it("remembers copies", () => {
    const [loss, other] = [make(contrastive()), make(contrastive())];
    const batch = fromRows(normalRows(4, WIDTH, 1));
    loss.evaluate(batch, ["a", "a", "b", "b"]);
    other.evaluate(fromRows(normalRows(4, WIDTH, 1)), ["a", "a", "b", "b"]);
    batch.data.fill(100);
    const next = stepOf(3, 2);
    expect(loss.evaluate(next.rows, next.labels)).toEqual(other.evaluate(next.rows, next.labels));
  });

  it("learns from warm-up batches by themselves, and remembers them", () => {
    const loss = make(contrastive(), { warmUp: 2 });
    const [first, second, third] = [stepOf(4, 5), stepOf(4, 6), stepOf(3, 7)];
    for (const { rows, labels } of [first, second]) {
      const { value, gradients } = loss.evaluate(rows, labels);
      const alone = contrastive().evaluate(rows, labels);
      expect([value, gradients.embeddings]).toEqual([alone.value, alone.gradients.embeddings]);
    }
    expect(loss.memoryLabels).toEqual([...first.labels, ...second.labels]);
    const memory = new PlainMemory(10);
    for (const { rows, labels } of [first, second]) rows.forEach((row, i) => memory.put(row, labels[i]));
    compareStep(loss, memory, third);
  });

  it("learns in a masked warm-up batch from the rows it remembers of that batch, and from none before", () => {
    const loss = make(contrastive(), { warmUp: 2 });
    loss.evaluate(normalRows(4, WIDTH, 8), ["a", "b", "c", "a"]);
    const { rows, labels } = stepOf(6, 9);
    const mask = [true, false, true, false, false, true];
    const { value, gradients, report } = loss.evaluate(rows, labels, { enqueueMask: mask });
    const pick = <T>(list: readonly T[], isRemembered: boolean): T[] => list.filter((_, i) => mask[i] === isRemembered);
    const alone = contrastive().evaluate(pick(rows, false), pick(labels, false), {
      reference: pick(rows, true),
      referenceLabels: pick(labels, true),
    });
    expect([value, report]).toEqual([alone.value, alone.report]);
    expect(value).toBeGreaterThan(0);
    const slopes = Array.from({ length: 6 }, (_, i) =>
      Array.from(gradients.embeddings.data.subarray(3 * i, 3 * i + 3)),
    );
    expect(pick(slopes, false).flat()).toEqual(Array.from(alone.gradients.embeddings.data));
    expect(pick(slopes, true).flat()).toEqual(Array(9).fill(0));
    expect(gradients.reference).toBeUndefined();
    expect(loss.memoryLabels.slice(4)).toEqual(pick(labels, true));
  });

  it("knows when every place has been taken", () => {
    const loss = make(contrastive(), { memorySize: 6 });
    const fill = (n: number): [number, boolean] => {
      const { rows, labels } = stepOf(n, n);
      loss.evaluate(rows, labels);
      return [loss.queueIdx, loss.hasBeenFilled];
    };
    expect([fill(4), fill(1), fill(1), fill(5), fill(6)]).toEqual([
      [4, false],
      [5, false],
      [0, true],
      [5, true],
      [5, true],
    ]);
  });

  it("forgets all with resetQueue, warm-up batches included", () => {
    const loss = make(contrastive(), { warmUp: 1 });
    const run = (): number[] =>
      [1, 2, 3, 4].map((seed) => {
        const { rows, labels } = stepOf(4, seed);
        return loss.evaluate(rows, labels).value;
      });
    const first = run();
    loss.resetQueue();
    expect([loss.queueIdx, loss.hasBeenFilled, loss.memoryLabels]).toEqual([0, false, []]);
    expect(run()).toEqual(first);
  });

  it("goes on from a saved state, the wrapped loss's included, and from no other", () => {
    const labelled = (seed: number): Step => {
      const step = stepOf(5, seed);
      return { ...step, labels: step.labels.map((label) => "abc".indexOf(String(label))) };
    };
    const wrap = (beta: number): CrossBatchMemory =>
      make(new MarginLoss({ beta, numClasses: 3, learnBeta: true, whenSilent: "ignore" }), { warmUp: 2 });
    const [loss, other] = [wrap(1.2), wrap(0.7)];
    for (const seed of [1, 2, 3]) loss.evaluate(labelled(seed).rows, labelled(seed).labels);
    const state = structuredClone(loss.state());
    other.load(state);
    for (const seed of [4, 5, 6]) {
      const { rows, labels } = labelled(seed);
      expect(other.evaluate(rows, labels)).toEqual(loss.evaluate(rows, labels));
    }
    expect(other.parameters).toBe(other.loss.parameters);
    expect(() => make(contrastive(), { memorySize: 9 }).load(state)).toThrow(
      /the state's memory is 10 x 3, 9 x 3 is needed/,
    );
    expect(() => make(contrastive(), { embeddingSize: 4 }).load(state)).toThrow(RangeError);
    expect(() => make(contrastive()).load({})).toThrow(RangeError);
  });

  it("keeps what it remembers out of a saved state's reach", () => {
    const loss = make(contrastive());
    loss.evaluate(stepOf(4, 1).rows, stepOf(4, 1).labels);
    const state = loss.state();
    loss.evaluate(stepOf(4, 2).rows, stepOf(4, 2).labels);
    const other = make(contrastive());
    other.load(state);
    expect([other.queueIdx, other.memoryLabels.length]).toEqual([4, 4]);
  });

  it("gives a loss that weighs anchors by tuples all pairs with the memory but a sample's own", () => {
    const loss = make(new NCALoss({ whenSilent: "ignore" }));
    const [first, second] = [stepOf(4, 1), stepOf(3, 2)];
    loss.evaluate(first.rows, first.labels);
    const { value } = loss.evaluate(second.rows, second.labels);
    expect(value).toSatisfy(Number.isFinite);
    expect(value).toBeGreaterThan(0);
  });

  it("serves losses that compare samples with a reference, and refuses the others", () => {
    for (const loss of [new SupConLoss(), new TripletMarginLoss(), new AngularLoss(), new MarginLoss()])
      expect(make(loss).loss).toBe(loss);
    const others: readonly unknown[] = [
      new ArcFaceLoss({ numClasses: 3, embeddingSize: WIDTH }),
      new FastAPLoss(),
      new RankedListLoss({ margin: 0.4, Tn: 10 }),
      new HistogramLoss(),
      make(new SupConLoss()),
      null,
      "SupConLoss",
    ];
    for (const loss of others) expect(() => make(loss as Loss)).toThrow(/CrossBatchMemory cannot serve/);
  });

  it("is a loss of each batch with the memory as reference", () => {
    const silent = { whenSilent: "ignore" } as const;
    for (const make of [() => new ThresholdConsistentMarginLoss(silent), () => new DynamicSoftMarginLoss(silent)]) {
      const remembering = new CrossBatchMemory(make(), { embeddingSize: WIDTH, memorySize: 20 });
      const plain = make();
      const memory = { reference: [] as number[][], referenceLabels: [] as Label[] };
      for (const seed of [1, 2, 3]) {
        const { rows, labels } = stepOf(5, seed);
        const anchorRows = rows.map((_, i) => memory.reference.length + i);
        memory.reference.push(...rows);
        memory.referenceLabels.push(...labels);
        const expected = plain.evaluate(rows, labels, { ...memory, anchorRows, learnReference: false });
        expect(remembering.evaluate(rows, labels)).toEqual(expected);
        expect(expected.report.positivePairs).toBeGreaterThan(0);
      }
    }
  });

  it("refuses options and batches that do not fit, and is left as it was", () => {
    expect(() => new CrossBatchMemory(contrastive(), {} as never)).toThrow(/was given no embeddingSize/);
    expect(() => make(contrastive(), { memorySize: 0 })).toThrow(RangeError);
    expect(() => make(contrastive(), { warmUp: -1 })).toThrow(RangeError);
    expect(() => make(contrastive(), { size: 1 } as object)).toThrow(TypeError);
    expect(() => make(contrastive(), { miner: "hard" as never })).toThrow(/^miner is "hard"; give a miner such as/);
    const loss = make(contrastive(), { memorySize: 4 });
    const { rows, labels } = stepOf(3, 1);
    loss.evaluate(rows, labels);
    const before = loss.state();
    const five = stepOf(5, 2);
    const tuples = { anchors1: [0], positives: [1], anchors2: [], negatives: [] };
    const enqueueMask = [true, false, true];
    const refused: [() => unknown, RegExp][] = [
      [() => loss.evaluate(rows, null), /needs labels/],
      [() => loss.evaluate(rows, ["a"]), /labels has 1 entries for 3 embeddings/],
      [() => loss.evaluate(rows, ["a", NaN, "b"]), /labels\[1\] is NaN/],
      [() => loss.evaluate([[1, 2]], ["a"]), /2 columns; the memory was made for 3/],
      [() => loss.evaluate([[1, NaN, 2]], ["a"]), /row 0, column 1/],
      [() => loss.evaluate(five.rows, five.labels), /5 rows are to be remembered in 4 places/],
      [() => loss.evaluate(rows, labels, { enqueueMask: [true] }), /enqueueMask has 1 entries for 3 embeddings/],
      [() => loss.evaluate(rows, labels, { enqueueMask, tuples }), /leave one out/],
      [() => loss.evaluate(rows, labels, { tuples: { ...tuples, positives: [3] } }), RegExp("3")],
      [() => loss.evaluate(rows, labels, { reference: rows } as object), /no option "reference"/],
      [
        () => loss.evaluate(prepareBatch(rows, labels, { reference: rows, referenceLabels: labels }), labels),
        /compares a batch with its memory; it was prepared with a reference, leave it out/,
      ],
    ];
    for (const [call, sentence] of refused) expect(call).toThrow(sentence);
    expect(loss.state()).toEqual(before);
  });

  it("takes a batch that was prepared", () => {
    const [loss, other] = [1, 2].map(() => make(contrastive(), { miner: new MultiSimilarityMiner() }));
    for (let seed = 1; seed < 4; seed++) {
      const { rows, labels } = stepOf(4, seed);
      const batch = prepareBatch(rows, labels);
      expect(batch.share(() => loss.evaluate(batch, labels))).toEqual(other.evaluate(rows, labels));
    }
  });

  it("works with a miner of the library", () => {
    const loss = make(contrastive(), { miner: new MultiSimilarityMiner({ epsilon: 10 }) });
    for (let seed = 1; seed < 6; seed++) {
      const { rows, labels } = stepOf(4, seed);
      const { report } = loss.evaluate(rows, labels);
      const memory = loss.memoryLabels;
      const equal = rows.map((_, i) => memory.filter((label) => label === labels[i]).length - 1);
      // of an anchor without any negative, or any positive, nothing is kept
      const both = equal.map((count) => (count > 0 && count + 1 < memory.length ? count : 0));
      expect(report.positivePairs).toBe(both.reduce((sum, count) => sum + count, 0));
    }
  });
});

const inMemory = (loss: Loss): CrossBatchMemory =>
  new CrossBatchMemory(loss, { embeddingSize: HOSTILE_WIDTH, memorySize: 8 });
const twice = (loss: CrossBatchMemory, ...batch: Parameters<CrossBatchMemory["evaluate"]>) => {
  loss.evaluate(...batch);
  return loss.evaluate(...batch);
};
describeHostileInputs(
  "CrossBatchMemory of ContrastiveLoss",
  (options) => inMemory(new ContrastiveLoss(options)),
  twice,
);
describeHostileInputs("CrossBatchMemory of SupConLoss", (options) => inMemory(new SupConLoss(options)), twice);
describeHostileInputs(
  "CrossBatchMemory of TripletMarginLoss",
  (options) => inMemory(new TripletMarginLoss(options)),
  (loss, embeddings, labels) => twice(loss, embeddings, labels, { enqueueMask: labels.map((_, i) => i % 2 === 0) }),
);

it("CrossBatchMemory of unit vectors can be checked by hand", () => {
  const loss = new CrossBatchMemory(new ContrastiveLoss({ whenSilent: "ignore" }), { embeddingSize: 2 });
  expect(loss.evaluate([threeRows[0]], [0]).value).toBe(0);
  expect(loss.evaluate([threeRows[1]], [0]).value).toBeCloseTo(Math.sqrt(0.8), 5);
  // the negatives in memory are at sqrt 2 and sqrt 0.4; the margin is 1
  expect(loss.evaluate([threeRows[2]], [1]).value).toBeCloseTo(1 - Math.sqrt(0.4), 5);
});
