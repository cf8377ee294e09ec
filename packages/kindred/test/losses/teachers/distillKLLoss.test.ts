import { describe, expect, it } from "vitest";
import { DistillKLLoss, Random, type DistillKLLossOptions } from "../../../src/index.ts";
import { similarityNames } from "../../../src/losses/items/pairSimilarity.ts";
import { threeRows } from "../../support/byHand.ts";
import { columnsOf, describePlacedLoss, placedColumns, plainSimilarities } from "../../support/byPlace.ts";
import { fromRows, type Rows } from "../../support/plain.ts";

const random = new Random(1);
const scores: Rows = Array.from({ length: 6 }, () => [0, 1, 2].map(() => Math.fround(2 * random.normal())));
scores[4] = [1, -Infinity, 0.5];

function softmax(logits: readonly number[]): number[] {
  const total = logits.reduce((sum, x) => sum + Math.exp(x), 0);
  return logits.map((x) => Math.exp(x) / total);
}

const settings: DistillKLLossOptions[] = [
  ...similarityNames.map((similarity) => ({ similarity })),
  { temperature: 2.5 },
  { studentTemperature: 0.6 },
  { teacherTemperature: 3 },
  { temperature: 7, studentTemperature: 0.5, teacherTemperature: 2 },
];

for (const given of settings) {
  const { similarity = "dot", temperature = 1, studentTemperature, teacherTemperature } = given;
  const [ofStudent, ofTeacher] = [studentTemperature ?? temperature, teacherTemperature ?? temperature];
  describePlacedLoss(`DistillKLLoss with ${JSON.stringify(given)}`, {
    make: (options) => new DistillKLLoss({ ...options, ...given }),
    columns: 4,
    call: (loss, embeddings, columns) =>
      loss.evaluate(embeddings, null, {
        ...columns,
        teacherScores: fromRows(scores.slice(0, embeddings.rows), 3),
      } as object),
    items: ({ embeddings, reference, negatives0, negatives1 }) =>
      embeddings.map((x, i) => {
        const like = [reference!, negatives0!, negatives1!].map((column) =>
          plainSimilarities[similarity](x, column[i]),
        );
        const student = softmax(like.map((s) => s / ofStudent));
        const teacher = softmax(scores[i].map((t) => t / ofTeacher));
        return teacher.reduce((sum, p, k) => sum + (p === 0 ? 0 : ofStudent ** 2 * p * Math.log(p / student[k])), 0);
      }),
  });
}

describe("DistillKLLoss", () => {
  const columns = placedColumns(3, 2, 4, 5);
  const evaluate = (teacherScores: Rows): ReturnType<DistillKLLoss["evaluate"]> =>
    new DistillKLLoss({ whenSilent: "ignore" }).evaluate(columns.embeddings, null, {
      ...columnsOf(columns),
      teacherScores,
    });

  it("gives a candidate that the teacher never chooses no chance", () => {
    const sure = evaluate([[0, -Infinity], [-Infinity, 3]]); // prettier-ignore
    const nearly = evaluate([[0, -1000], [-1000, 3]]); // prettier-ignore
    expect(sure.value).toBe(nearly.value);
    expect(sure.gradients).toEqual(nearly.gradients);
  });

  it("stays finite where student and teacher are sure of different things", () => {
    const loss = new DistillKLLoss({ temperature: 1e-3, whenSilent: "ignore" });
    const values = [1e6, -1e6].map((sure) => {
      const teacherScores = [[sure, -sure], [sure, -sure]]; // prettier-ignore
      const { value, gradients } = loss.evaluate(columns.embeddings, null, { ...columnsOf(columns), teacherScores });
      expect(gradients.negatives![0].data.every(Number.isFinite)).toBe(true);
      return value;
    });
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.max(...values)).toBeGreaterThan(1e-4);
  });

  it("refuses scores that are not one a candidate, or that leave none", () => {
    expect(() => evaluate([[1], [2]])).toThrow("teacherScores has 1 columns for 2 candidates; give a score for each");
    expect(() =>
      evaluate([
        [1, 2],
        [-Infinity, -Infinity],
      ]),
    ).toThrow(
      // prettier-ignore
      "row 1 of teacherScores is -Infinity throughout; one candidate at least must be possible",
    );
    expect(() => evaluate([[1, 2], [3, Infinity]])).toThrow("teacherScores holds Infinity at row 1, column 1"); // prettier-ignore
    expect(() => new DistillKLLoss({ temperature: 0 })).toThrow("temperature is 0; give a finite number > 0");
    expect(() => new DistillKLLoss({ studentTemperature: -1 })).toThrow("studentTemperature is -1; give");
  });
});

it("DistillKLLoss of unit vectors can be checked by hand", () => {
  const [x, y, z] = threeRows;
  const { value } = new DistillKLLoss().evaluate([x], null, {
    reference: [z],
    negatives: [[y]],
    teacherScores: [[0, -Infinity]],
  });
  // similarities of 0 and 0.6, and a teacher that is sure of the first
  expect(value).toBeCloseTo(Math.log(1 + Math.exp(0.6)), 6);
});
