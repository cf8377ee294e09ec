import { Random, type Matrix } from "kindred";
import { describe, expect, it } from "vitest";
import { checkLossName, lossNames, makeLoss } from "../../src/parts/losses.ts";

const labels = Array.from({ length: 12 }, (_, i) => `kind ${i % 3}`);
const learned = { classes: ["kind 0", "kind 1", "kind 2"], embeddingSize: 4 };
const random = new Random(1);
const embeddings: Matrix = { data: Float32Array.from({ length: 48 }, () => random.normal()), rows: 12, cols: 4 };
const required: Readonly<Record<string, Record<string, unknown>>> = { RankedListLoss: { margin: 0.4, Tn: 10 } };

describe("makeLoss", () => {
  it.each(lossNames())("makes a %s that learns from labelled rows", (name) => {
    const { value, gradients } = makeLoss(name, required[name] ?? {}, learned).evaluate(embeddings, labels);
    expect(value).toBeGreaterThan(0);
    expect(gradients.embeddings.data.some((slope) => slope !== 0)).toBe(true);
  });

  it("makes a loss with a vector a class for so many classes as well", () => {
    const loss = makeLoss("ArcFaceLoss", {}, { classes: 3, embeddingSize: 4 });
    const codes = labels.map((_, i) => i % 3);
    expect(loss.evaluate(embeddings, codes).value).toBeGreaterThan(0);
  });

  it.each(["subCenters", "centersPerClass"])("refuses %s that make too many vectors of classes", (option) => {
    const name = option === "subCenters" ? "SubCenterArcFaceLoss" : "SoftTripleLoss";
    expect(() => makeLoss(name, { [option]: 100_000 }, { classes: 28, embeddingSize: 64 })).toThrow(
      "the vectors of the classes would be 2,800,000 x 64 numbers",
    );
  });

  it.each(Object.keys(required))("says what %s lacks", (name) => {
    expect(() => makeLoss(name, {}, learned)).toThrow(Object.keys(required[name])[0]);
  });

  it.each(["SelfSupervisedLoss", "CoSENTLoss", "GenericPairLoss"])(
    "refuses %s, which learns from other input",
    (name) => {
      expect(() => makeLoss(name, {}, learned)).toThrow("other input than labelled vectors");
    },
  );
});

describe("checkLossName", () => {
  it("names the nearest loss for a name that is none", () => {
    expect(() => checkLossName("SupConLos")).toThrow('there is no loss "SupConLos"; did you mean "SupConLoss"?');
    expect(() => checkLossName("SupConLoss")).not.toThrow();
  });
});
