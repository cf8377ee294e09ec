import { describe, expect, it } from "vitest";
import { checkRows, type Rows } from "../../../src/training/rows/rows.ts";

const inputs = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const take = (rows: Rows, ...which: number[]) => checkRows(rows).take(Int32Array.from(which));

describe("rows", () => {
  it("are taken in the order asked for, as they are, with their labels", () => {
    const batch = take({ inputs, labels: ["cat", 7, "dog"] }, 2, 0, 2);
    expect(batch.columns.map(({ data }) => Array.from(data))).toEqual([[5, 6, 1, 2, 5, 6]]);
    expect(batch.labels).toEqual(["dog", "cat", "dog"]);
    expect(batch).toMatchObject({ scores: null, guide: null, teacher: null, teacherScores: null });
  });

  it("may have labels in a typed array", () => {
    expect(take({ inputs, labels: BigInt64Array.of(1n, 2n, 3n) }, 1).labels).toEqual([2n]);
  });

  it("have their columns in the order anchors, positives, negatives, whatever goes along in the same rows", () => {
    const rows = checkRows({
      positives: inputs,
      negatives: [inputs, inputs],
      anchors: inputs,
      guide: [inputs, inputs, inputs, inputs],
      teacher: [[[1], [2], [3]]],
      teacherScores: [[1], [2], [3]],
    });
    expect(rows.names).toEqual(["anchors", "positives", "negatives[0]", "negatives[1]"]);
    const batch = rows.take(Int32Array.of(1));
    expect(batch.columns).toHaveLength(4);
    expect(batch.guide).toHaveLength(4);
    expect(batch.teacher!.map(({ data }) => Array.from(data))).toEqual([[2]]);
    expect(Array.from(batch.teacherScores!.data)).toEqual([2]);
  });

  it("may be functions of the rows asked for, which say nothing of how many there are", () => {
    const column = (rows: Int32Array) => ({ data: Float32Array.from(rows), rows: rows.length, cols: 1 });
    expect(Array.from(take({ anchors: column, others: column, scores: [1, 0, 1] }, 2, 1).columns[1].data)).toEqual([
      2, 1,
    ]);
    expect(checkRows({ views: [column, column], count: 9 }).count).toBe(9);
    expect(() => checkRows({ views: [column, column] })).toThrow("give count");
    const few = checkRows({ inputs: () => ({ data: new Float32Array(1), rows: 1, cols: 1 }), count: 5 });
    expect(() => few.take(Int32Array.of(1, 2))).toThrow("data.inputs gave 1 rows for 2 asked for");
  });

  it.each<[string, unknown, string]>([
    ["null", null, "data is null; give columns"],
    ["an unknown column", { inputs, label: [1, 2, 3] }, 'data has no column "label"; did you mean "labels"'],
    ["nothing", {}, "data has no columns; give inputs, or anchors and positives"],
    ["two kinds", { inputs, views: [inputs, inputs] }, "data has the columns inputs, views; give inputs"],
    ["anchors alone", { anchors: inputs }, "give inputs, or anchors and positives"],
    ["positives without anchors", { positives: inputs }, "data has no anchors"],
    ["anchors that nothing belongs to", { anchors: inputs, inputs }, "data has anchors that nothing belongs to"],
    [
      "negatives without positives",
      { anchors: inputs, others: inputs, negatives: [inputs] },
      "negatives without positives",
    ],
    ["negatives that are no list", { anchors: inputs, positives: inputs, negatives: "no" }, "a list of matrices"],
    ["one view", { views: [inputs] }, "data.views has 1 columns; give two views or more"],
    ["labels that are none", { inputs, labels: null }, "data.labels is null"],
    ["too few labels", { inputs, labels: [1, 2] }, "data.labels has 2 entries for 3 rows"],
    [
      "columns of different length",
      { anchors: inputs, positives: [[1, 2]] },
      "data.positives has 1 rows for 3 examples",
    ],
    ["a score that is no number", { anchors: inputs, others: inputs, scores: [1, NaN, 0] }, "data.scores[1] is NaN"],
    [
      "a guide of some columns",
      { anchors: inputs, positives: inputs, guide: [inputs] },
      "data.guide has 1 matrices for 2 columns",
    ],
    ["a short teacher", { inputs, teacher: [[[1]]] }, "data.teacher[0] has 1 rows for 3 examples"],
    ["short teacherScores", { inputs, teacherScores: [[1]] }, "data.teacherScores has 1 rows for 3 examples"],
  ])("refuse %s", (_, rows, words) => {
    expect(() => checkRows(rows as Rows)).toThrow(words);
  });

  it("refuse rows that are not there", () => {
    const rows = checkRows({ inputs, labels: [1, 2, 3] });
    expect(() => rows.take(Int32Array.of(3))).toThrow("the sampler asked for sample 3 of 3");
    expect(() => rows.take(Int32Array.of(-1))).toThrow("the sampler asked for sample -1 of 3");
  });
});
