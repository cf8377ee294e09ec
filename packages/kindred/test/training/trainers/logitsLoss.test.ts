import { describe, expect, test } from "vitest";
import { classesOf, LogitsLoss } from "../../../src/training/trainers/logitsLoss.ts";
import { randomMatrix } from "../fixtures.ts";

describe("LogitsLoss", () => {
  test("is the mean softmax cross entropy, with the slopes of its differences", () => {
    const logits = randomMatrix(5, 3, 1);
    const labels = [2, 0, 1, 1, 0];
    const loss = new LogitsLoss([0, 1, 2]);
    const plain = (data: ArrayLike<number>): number =>
      labels.reduce((sum, label, i) => {
        const row = [0, 1, 2].map((c) => Math.exp(data[3 * i + c]));
        return sum - Math.log(row[label] / (row[0] + row[1] + row[2])) / 5;
      }, 0);
    const { value, gradients, report } = loss.evaluate(logits, labels);
    expect(value).toBeCloseTo(plain(logits.data), 10);
    expect(report).toMatchObject({ status: "learning", anchors: 5, classes: 3, items: 5, activeItems: 5 });
    const h = 1e-5;
    gradients.embeddings.data.forEach((slope, k) => {
      const at = (shift: number): number => plain(Array.from(logits.data, (x, j) => (j === k ? x + shift : x)));
      expect(slope).toBeCloseTo((at(h) - at(-h)) / (2 * h), 6);
    });
  });

  test("stays a number for logits of any size, and keeps the digits of a loss near 0", () => {
    const loss = new LogitsLoss(["a", "b"]);
    const { value, gradients } = loss.evaluate([[1e30, -1e30], [-1e30, 1e30]], ["a", "a"]); // prettier-ignore
    expect(value).toBeCloseTo(1e30, -24);
    expect(Array.from(gradients.embeddings.data)).toEqual([-0, 0, -0.5, 0.5]);
    expect(loss.evaluate([[40, 0]], ["a"]).value / Math.exp(-40)).toBeCloseTo(1, 6);
  });

  test("says when all is satisfied or there are no rows", () => {
    const loss = new LogitsLoss([7, 8]);
    expect(loss.evaluate([[1000, 0]], [7]).report.status).toBe("all-satisfied");
    const none = loss.evaluate({ data: new Float32Array(0), rows: 0, cols: 2 }, []);
    expect([none.value, none.report.status]).toEqual([0, "empty-batch"]);
  });

  test("refuses another number of columns and unknown labels", () => {
    const loss = new LogitsLoss([7, 8]);
    expect(() => loss.evaluate([[1, 2, 3]], [7])).toThrow("the classifier gives 3 logits a row for 2 classes");
    expect(() => loss.evaluate([[1, 2]], [9])).toThrow(
      'labels[0] is 9; the classifier knows the 2 labels of "classes"',
    );
  });
});

describe("classesOf", () => {
  test("sorts numbers by size and words by their characters, each once", () => {
    expect(classesOf([10, 9, 10, -1])).toEqual([-1, 9, 10]);
    expect(classesOf(["b", "a", "B", "b"])).toEqual(["B", "a", "b"]);
    expect(classesOf([1n, "x", 0.5, "a"])).toEqual([1n, 0.5, "a", "x"]);
  });
});
