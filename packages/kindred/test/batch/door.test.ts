import { describe, expect, it } from "vitest";
import { openDoor, type Host } from "../../src/batch/door.ts";
import type { AnyColumns, Takes } from "../../src/batch/takes.ts";
import { prepareBatch, type Labels } from "../../src/index.ts";

const rows = [
  [1, 0],
  [0.8, 0.6],
  [0, 1],
];
const labels = ["a", "a", "b"];
const tuples = { anchors: [0], positives: [1], negatives: [2] };
const pairTakes: Takes = { labels: "classes", reference: "any", tuples: "pairs" };

function open(takes: Partial<Takes>, given: Labels | null, columns?: AnyColumns) {
  const host: Host = { name: "OwnLoss", takes: { ...pairTakes, ...takes }, compares: "the batch with itself" };
  return openDoor(host, rows, given, columns);
}

const reference = [
  [1, 1],
  [0, 1],
  [1, 0],
  [0, 0],
];
const referenceLabels = ["a", "b", "b", "c"];

describe("the door", () => {
  it("lets in what the loss takes, as a batch", () => {
    expect(open({}, labels)).toMatchObject({
      labels,
      tuples: null,
      reference: null,
      learnReference: true,
      scores: null,
    });
    expect(open({}, null, { tuples })).toMatchObject({ tuples, codes: null });
    const { referenceCodes, anchorRows } = open({}, labels, {
      reference,
      referenceLabels,
      anchorRows: [0, -1, 1],
      learnReference: false,
    });
    expect([...referenceCodes!]).toEqual([0, 1, 1, 2]);
    expect([...anchorRows!]).toEqual([0, -1, 1]);
    expect(open({ labels: "optional" }, null).codes).toBeNull();
    expect(open({ labels: "none", metaClasses: true }, null, { metaClasses: [1, 0, 1] }).metaClasses).toEqual([
      1, 0, 1,
    ]);
  });

  it("takes a prepared batch as it is, and prepares another", () => {
    const host: Host = { name: "OwnLoss", takes: pairTakes, compares: "the batch with itself" };
    const batch = prepareBatch(rows, labels);
    expect(openDoor(host, batch, labels, undefined).prepared).toBe(batch);
    expect(openDoor(host, batch, labels, { tuples }).prepared).toBe(batch);
    expect(openDoor(host, batch, [...labels], undefined).prepared).not.toBe(batch);
    expect(openDoor(host, batch, labels, { reference, referenceLabels }).prepared).not.toBe(batch);
  });

  it("takes scores in place of labels", () => {
    const takes: Partial<Takes> = { labels: "scores", reference: "required", tuples: "none" };
    const batch = open(takes, [0.1, 0.5, 1], { reference: rows });
    expect([...batch.scores!]).toEqual([0.1, 0.5, 1]);
    expect([batch.labels, batch.codes]).toEqual([null, null]);
  });

  it("takes a label a pair: the class of a row and its reference together", () => {
    const takes: Partial<Takes> = { labels: "ofPairs", reference: "required", tuples: "none" };
    const batch = open(takes, ["b", "a", "b"], { reference: rows });
    expect([[...batch.codes!], batch.classes, batch.referenceCodes]).toEqual([[0, 1, 0], ["b", "a"], null]);
    expect(batch.labels).toEqual(["b", "a", "b"]);
  });

  it("takes a teacher's scores, among which -Infinity may be", () => {
    const takes: Partial<Takes> = { labels: "none", teacher: "scores" };
    const teacherScores = [[1, -Infinity], [0, 2], [3, 4]]; // prettier-ignore
    expect([...open(takes, null, { teacherScores }).teacherScores!.data]).toEqual([1, -Infinity, 0, 2, 3, 4]);
  });

  it("pairs rows with those of a reference, without labels or with labels of one side", () => {
    const takes: Partial<Takes> = { labels: "paired" };
    const unlabelled = open(takes, null, { reference });
    expect([[...unlabelled.codes!], [...unlabelled.referenceCodes!]]).toEqual([
      [0, 1, 2],
      [0, 1, 2, 3],
    ]);
    const shared = open(takes, labels, { reference: reference.slice(1) });
    expect([...shared.referenceCodes!]).toEqual([0, 0, 1]);
  });

  it("reads what a guide makes of the samples", () => {
    const { guide } = open({ guide: true }, labels, { guideEmbeddings: [[1], [2], [3]] });
    expect([guide!.embeddings.rows, guide!.embeddings.cols, guide!.reference]).toEqual([3, 1, null]);
  });

  const refusals: Readonly<
    Record<string, [takes: Partial<Takes>, labels: Labels | null, columns: object, sentence: string]>
  > = {
    "an unknown column": [
      {},
      labels,
      { ref_emb: rows },
      'OwnLoss.evaluate has no option "ref_emb"; known: tuples, reference, referenceLabels, anchorRows, learnReference',
    ],
    "a guide for a loss without": [
      {},
      labels,
      { guideEmbeddings: rows },
      'OwnLoss.evaluate has no option "guideEmbeddings"',
    ],
    "a guide left out": [{ guide: true }, labels, {}, "OwnLoss needs guideEmbeddings; give another model's embeddings"],
    "neither labels nor tuples": [{}, null, {}, "OwnLoss was given neither labels nor tuples; give one label a row"],
    "no labels where tuples are no substitute": [
      { labels: "required" },
      null,
      { tuples },
      "OwnLoss needs labels; give one a row",
    ],
    "labels that are not taken": [{ labels: "none" }, labels, {}, "OwnLoss takes no labels; give null"],
    "labels where classes of vectors are taken": [
      { labels: "none", metaClasses: true },
      labels,
      {},
      "OwnLoss takes no labels; give null, and metaClasses if you know them",
    ],
    "labels of a reference that are not taken": [
      { labels: "none" },
      null,
      { reference, referenceLabels },
      "OwnLoss takes no labels; leave referenceLabels out",
    ],
    "a reference that is not taken": [
      { reference: "none" },
      labels,
      { reference },
      "OwnLoss compares the batch with itself; it was given a reference, leave it out",
    ],
    "a reference left out": [{ reference: "required" }, labels, {}, "OwnLoss needs a reference; give what each row"],
    "a reference of another length": [
      { reference: "required", labels: "optional" },
      null,
      { reference },
      "reference has 4 rows, embeddings has 3; row i of one belongs with row i of the other",
    ],
    "a reference without labels": [{}, labels, { reference }, "OwnLoss was given a reference without referenceLabels"],
    "neither a reference nor labels": [
      { labels: "paired" },
      null,
      {},
      "OwnLoss was given neither a reference nor labels",
    ],
    "a reference that is too short": [
      { labels: "paired" },
      null,
      { reference: rows.slice(1) },
      "reference has 2 rows, embeddings has 3; row i of the reference is the positive of row i",
    ],
    "labels of the reference alone": [
      { labels: "paired" },
      null,
      { reference, referenceLabels },
      "referenceLabels were given without labels; give both, or neither",
    ],
    "anchors found elsewhere than in their row": [
      { labels: "paired", reference: "paired" },
      labels,
      { reference: rows, anchorRows: [0, 1, 2] },
      "OwnLoss finds the positive of row i in row i; leave anchorRows out",
    ],
    "tuples that are not taken": [
      { tuples: "none" },
      labels,
      { tuples },
      "OwnLoss takes no tuples, whatever pairs they name",
    ],
    "tuples beyond the batch": [
      {},
      labels,
      { tuples: { ...tuples, negatives: [3] } },
      "tuples.negatives[0] is 3; give row numbers from 0 to 2",
    ],
    "scores left out": [
      { labels: "scores", reference: "required" },
      null,
      { reference: rows },
      "OwnLoss needs scores; it was given null",
    ],
    "scores of another length": [
      { labels: "scores", reference: "required" },
      [1, 2],
      { reference: rows },
      "scores has 2 entries for 3 rows; give one a row",
    ],
    "a score that is none": [
      { labels: "scores", reference: "required" },
      [1, NaN, 2],
      { reference: rows },
      "scores[1] is NaN; give a number",
    ],
    "labels of a reference beside scores": [
      { labels: "scores", reference: "required" },
      [1, 2, 3],
      { reference: rows, referenceLabels: labels },
      "OwnLoss takes no referenceLabels; leave it out",
    ],
    "labels of another length": [{}, ["a"], {}, "labels has 1 entries for 3 embeddings; each row needs one label"],
  };
  for (const [what, [takes, given, columns, sentence]] of Object.entries(refusals)) {
    it(`refuses ${what}`, () => {
      expect(() => open(takes, given, columns)).toThrow(sentence);
    });
  }
});
