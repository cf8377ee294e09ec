import { describe, expect, it } from "vitest";
import { classCounts, labelFaults, type LabelFaultName } from "../../../src/index.ts";

const names = (labels: ArrayLike<unknown>): LabelFaultName[] => labelFaults(labels).map(({ name }) => name);
const healthy = Array.from({ length: 100 }, (_, i) => `kind ${i % 10}`);

describe("labelFaults", () => {
  it("finds nothing in healthy labels of any type", () => {
    expect(labelFaults(healthy)).toEqual([]);
    expect(labelFaults(Int32Array.from(healthy, (_, i) => i % 7))).toEqual([]);
    expect(labelFaults(healthy.map((_, i) => BigInt(i % 7)))).toEqual([]);
    expect(labelFaults(healthy.map((_, i) => i % 2 === 0))).toEqual([]);
    expect(labelFaults([])).toEqual([]);
  });

  it("counts missing labels in all their forms", () => {
    const missing = [null, undefined, NaN, "", "  ", "NaN", "nan", "null", "None", "N/A", "undefined"];
    const [fault, ...others] = labelFaults([...healthy, ...missing]);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({
      name: "missing",
      count: missing.length,
      finding: "11 of 111 labels are missing (empty, NaN or null)",
    });
    expect(fault.remedy).toMatch(/leave these samples out/);
  });

  it("says the same of labels that are counted already", () => {
    const labels = [...healthy, "", "Kind 1", "NaN"];
    expect(labelFaults(classCounts(labels))).toEqual(labelFaults(labels));
    expect(labelFaults(labels)).toHaveLength(2);
  });

  it("does not take a word that only begins so, 0 or false for missing", () => {
    expect(names([...healthy, ...new Array<string>(9).fill("nana"), ...new Array<string>(9).fill("nonesuch")])).toEqual(
      [],
    );
    expect(names(healthy.map((_, i) => i % 3))).toEqual([]);
    expect(names(healthy.map((_, i) => i % 2 === 0 || i % 3 === 0))).not.toContain("missing");
  });

  it.each<[string, unknown[]]>([
    ["texts", Array.from({ length: 50 }, (_, i) => `image-${i}.png`)],
    ["whole numbers", Array.from({ length: 50 }, (_, i) => 7 * i)],
    ["whole numbers as text", Array.from({ length: 50 }, (_, i) => `${7 * i}`)],
  ])("knows an identifier: nearly all distinct %s", (_, labels) => {
    const [fault] = labelFaults([...labels, labels[0], labels[1]]);
    expect(fault).toMatchObject({
      name: "identifier",
      count: 52,
      finding: "50 of 52 labels are distinct (96 %): the column looks like an identifier of samples",
      examples: labels.slice(0, 5).map(String),
    });
  });

  it("takes neither few labels nor pairs for an identifier", () => {
    expect(names(Array.from({ length: 19 }, (_, i) => `image-${i}`))).toEqual([]);
    expect(names(Array.from({ length: 200 }, (_, i) => `person ${i >> 1}`))).toEqual([]);
  });

  it.each<[string, (x: number) => unknown]>([
    ["numbers", (x) => x],
    ["text", (x) => String(x)],
  ])("knows a measured number, as %s, and proposes bins", (_, write) => {
    const labels = Array.from({ length: 400 }, (_, i) => write(Math.round(1000 * Math.sin(i)) / 100));
    const [fault, ...others] = labelFaults(labels);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ name: "binnable-number", count: 400 });
    expect(fault.finding).toMatch(/different numbers with fractions, from -10 to 10: a measured number/);
    expect(fault.remedy).toMatch(/put them into bins, 10 of equal counts/);
    expect(fault.examples).toHaveLength(5);
  });

  it("leaves ratings with a fraction alone when each occurs often", () => {
    expect(names(Array.from({ length: 600 }, (_, i) => 0.5 * (i % 25)))).toEqual([]);
  });

  it("finds labels equal but for capitals, spaces and composition, and counts the classes", () => {
    const labels = [...healthy, "Cat", "cat", " CAT ", "grey  dog", "grey dog", "caf\u00e9", "cafe\u0301"];
    const [fault, ...others] = labelFaults(labels);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({
      name: "spelling",
      count: 7,
      finding: "7 labels are only 3 when capitals and spaces don't count",
    });
    expect(fault.examples[0]).toBe('"Cat" = "cat" = " CAT "');
  });

  it("does not take 1 and '1', or cat and cats, for spellings of each other", () => {
    expect(names([...healthy, 1, "1", "cat", "cats"])).toEqual([]);
  });

  it("names a class that holds more than half, and not one that holds half", () => {
    const share = (count: number): unknown[] => healthy.map((label, i) => (i < count ? "many" : label));
    const [fault] = labelFaults(share(51));
    expect(fault).toMatchObject({ name: "dominating-class", count: 51, examples: ["many"] });
    expect(fault.finding).toBe("many holds 51 % of the 100 samples");
    expect(names(share(50))).toEqual([]);
  });

  it("says when there is one class only, and when all are missing", () => {
    expect(labelFaults(["x", "x", "x"])).toMatchObject([
      { name: "one-class", count: 3, finding: "all 3 labels are x", examples: ["x"] },
    ]);
    expect(names([null, null])).toEqual(["missing"]);
  });

  it("finds several faults at once", () => {
    const labels = [...new Array<string>(90).fill("a"), "A", "", "b"];
    expect(names(labels)).toEqual(["missing", "spelling", "dominating-class"]);
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["a text", "abc"],
    ["a number", 3],
    ["an object of a length", { length: 2 }],
    ["a view without entries", new DataView(new ArrayBuffer(4))],
    ["nothing", undefined],
  ])("refuses %s", (_, labels) => {
    expect(() => labelFaults(labels as unknown[])).toThrow(/give one label a sample/);
    expect(() => labelFaults(labels as unknown[])).toThrow(TypeError);
  });

  it("survives labels of strange types", () => {
    const strange = [Symbol("s"), {}, Object.create(null) as object, [], () => 1, new Date(NaN)];
    const faults = labelFaults([...strange, ...strange, ...strange]);
    expect(faults).toEqual([]);
    const bare = Object.create(null) as object;
    expect(labelFaults([bare, bare])).toMatchObject([{ name: "one-class" }]);
    const many = Array.from({ length: 30 }, (_, k) => (k % 2 === 0 ? (Object.create(null) as object) : Symbol(`${k}`)));
    expect(names(many)).toEqual(["identifier"]);
  });
});
