import { describe, expect, it } from "vitest";
import type { LossClass } from "../../../../scripts/examples.mjs";
import * as kindred from "../../src/index.ts";
import { Random, type Evaluation, type Loss, type LossDescription, type Matrix, type Tuples } from "../../src/index.ts";
import {
  callOf,
  evaluate,
  evaluatePrepared,
  lossClasses,
  makeLoss,
  referenceOf,
  shape,
  type Call,
} from "../support/describedLosses.ts";
import { describeOptionsContract } from "../support/describedOptions.ts";
import { filesOf } from "../support/exportedFiles.ts";

// What every loss says of itself, held to what it is. A new loss is in it by being exported.

const files = filesOf("losses");
const all: Readonly<Record<string, unknown>> = kindred;

const tuples: Readonly<Record<"pairs" | "triplets", Tuples>> = {
  pairs: { anchors1: [0, 1], positives: [3, 4], anchors2: [0, 2], negatives: [1, 3] },
  triplets: { anchors: [0, 1], positives: [3, 4], negatives: [1, 3] },
};
const noTuples: Tuples = { anchors: [], positives: [], negatives: [] };

function expectSlopes({ value, gradients }: Evaluation, { embeddings }: Call, { parameters }: Loss): void {
  expect(Number.isFinite(value)).toBe(true);
  expectFiniteMatrix(gradients.embeddings, embeddings.length, embeddings[0].length);
  expect(Object.keys(gradients.parameters)).toEqual(Object.keys(parameters));
  for (const [name, { rows, cols }] of Object.entries(parameters))
    expectFiniteMatrix(gradients.parameters[name], rows, cols);
}

function expectFiniteMatrix(matrix: Matrix | undefined, rows: number, cols: number): void {
  expect(matrix).toMatchObject({ rows, cols });
  expect(matrix!.data).toHaveLength(rows * cols);
  expect(matrix!.data.every(Number.isFinite)).toBe(true);
}

/** The same call with other columns; undefined: the column is left out. */
function having(call: Call, columns: Readonly<Record<string, unknown>>): Call {
  const joined = Object.entries({ ...call.columns, ...columns }).filter(([, value]) => value !== undefined);
  return { ...call, columns: Object.fromEntries(joined) };
}

it("every class of losses that index.ts exports is described, bases aside, which cannot be made", () => {
  expect(lossClasses.length).toBeGreaterThan(40);
  const described = new Set(lossClasses.map(({ name }) => name));
  const bases = [...files.keys()].filter((name) => {
    const { prototype } = all[name] as { readonly prototype?: object };
    return !described.has(name) && prototype !== undefined && "evaluate" in prototype;
  });
  expect(bases).toContain("PairLoss");
  for (const base of bases) expect(() => new (all[base] as LossClass)()).toThrow(/has no static description/);
});

describe.each(lossClasses.map((Class) => ({ name: Class.name, Class })))("$name", ({ name, Class }) => {
  const description: LossDescription = Class.description;
  const { takes, needs } = description;
  const make = (options: object = {}): Loss => makeLoss(Class, options);
  const call = callOf(takes);

  it("is exported under its name, from the file and the folder that are named after it and its family", () => {
    expect(description.name).toBe(name);
    expect(all[name]).toBe(Class);
    const { folder, file } = files.get(name)!;
    expect(folder).toBe(description.family);
    expect(file.toLowerCase()).toBe(name.toLowerCase());
    expect(make()).toMatchObject({ name });
  });

  it("says in a sentence what it wants, and who published it", () => {
    expect(description.summary).toMatch(/^[A-Z].{10,}[^.]\.$/);
    expect(description.paper).toMatch(/^(none: .+|.+\(.*\d{4}\).*)$/);
    for (const subLoss of Object.keys(description.subLosses)) expect(subLoss).toMatch(/^[a-z]\w*$/);
  });

  it("gives a finite value and finite slopes for a batch of what it takes, and learns from it", () => {
    const loss = make();
    const evaluation = evaluate(loss, call);
    expectSlopes(evaluation, call, loss);
    expect(evaluation.report.status).toBe("learning");
    if (description.wraps === undefined) expect(evaluation.report.anchors).toBe(call.embeddings.length);
  });

  it("makes the same bits of a prepared batch", () => {
    expect(evaluatePrepared(make(), call)).toEqual(evaluate(make(), call));
  });

  it("goes on from a saved state with the same bits", () => {
    const [loss, other] = [make(), make({ seed: 5 })];
    evaluate(loss, call);
    other.load(structuredClone(loss.state()));
    const next = callOf(takes, 6, 2);
    const [expected, found] = [evaluate(loss, next), evaluate(other, next)];
    expect(found.value).toBe(expected.value);
    expect(found.gradients).toEqual(expected.gradients);
    expect(other.state()).toEqual(loss.state());
  });

  describe("takes what its description says, and nothing else:", () => {
    it(`labels: ${takes.labels}`, () => {
      const without = { ...call, labels: null };
      const labels = call.embeddings.map((_, i) => i % shape.numClasses);
      if (takes.labels === "none") expect(() => evaluate(make(), { ...call, labels })).toThrow(/takes no labels/);
      if (takes.labels === "required" || takes.labels === "classes" || takes.labels === "ofPairs")
        expect(() => evaluate(make(), without)).toThrow(/needs labels|neither labels nor tuples/);
      if (takes.labels === "scores") expect(() => evaluate(make(), without)).toThrow(/needs scores/);
      if (takes.labels === "alike") {
        expect(() => evaluate(make(), without)).toThrow(/needs labels of 1 and 0/);
        expect(() => evaluate(make(), { ...call, labels: labels.map(() => 2) })).toThrow(/labels\[0\] is 2; give 1/);
      }
      if (takes.labels === "ofPairs") {
        const few = { ...call, labels: labels.slice(1) };
        expect(() => evaluate(make(), few)).toThrow("labels has 5 entries for 6 rows; give one a row");
        expect(evaluate(make(), call).report.classes).toBe(shape.numClasses);
      }
      if (takes.labels === "paired") {
        expect(() => evaluate(make(), without)).toThrow(/neither a reference nor labels/);
        const { reference } = referenceOf(6);
        const guide = takes.guide === true ? { guideReference: reference } : {};
        expect(evaluate(make(), having(without, { reference, ...guide })).report.positivePairs).toBe(6);
      }
      const takesTuples = takes.tuples === "pairs" || takes.tuples === "triplets";
      if ((takes.labels === "classes" || takes.labels === "optional") && takesTuples)
        for (const given of Object.values(tuples))
          expect(evaluate(make(), having(without, { tuples: given })).report.positivePairs).toBe(2);
    });

    it(`a reference: ${takes.reference}`, () => {
      const guide = (m: number) => (takes.guide === true ? { guideReference: referenceOf(m).reference } : {});
      const given = (m: number): Record<string, unknown> => {
        const { reference, referenceLabels } = referenceOf(m);
        const hasLabels = ["classes", "required", "optional", "paired"].includes(takes.labels);
        return { reference, ...(hasLabels && { referenceLabels }), ...guide(m) };
      };
      if (takes.reference === "none") {
        expect(() => evaluate(make(), having(call, given(6)))).toThrow(/reference/);
        return;
      }
      const withReference = evaluate(make(), having(call, given(6)));
      expectFiniteMatrix(withReference.gradients.reference, 6, shape.embeddingSize);
      const fixed = evaluate(make(), having(call, { ...given(6), learnReference: false }));
      expect(fixed.gradients).not.toHaveProperty("reference");
      expect(fixed.value).toBe(withReference.value);
      if (takes.reference === "any")
        expectFiniteMatrix(evaluate(make(), having(call, given(9))).gradients.reference, 9, shape.embeddingSize);
      const isByPlace = takes.reference === "required" || takes.labels === "none";
      if (isByPlace) expect(() => evaluate(make(), having(call, given(5)))).toThrow(RangeError);
      if (takes.reference === "required")
        expect(() => evaluate(make(), having(call, { reference: undefined, guideReference: undefined }))).toThrow(
          /needs a reference/,
        );
    });

    it(`tuples: ${takes.tuples}`, () => {
      for (const given of Object.values(tuples))
        if (takes.tuples === "none")
          expect(() => evaluate(make(), having(call, { tuples: given }))).toThrow(/tuples|has no option/);
        else expectSlopes(evaluate(make(), having(call, { tuples: given })), call, make());
      if (takes.tuples !== "none")
        expect(() => evaluate(make(), having(call, { tuples: { ...tuples.triplets, anchors: [0, 77] } }))).toThrow(
          RangeError,
        );
    });

    it(`a guide: ${takes.guide === true}, meta classes: ${takes.metaClasses === true}`, () => {
      const [guideEmbeddings, metaClasses] = [call.embeddings, call.embeddings.map(() => 0)];
      if (takes.guide === true) {
        expect(() => evaluate(make(), having(call, { guideEmbeddings: undefined }))).toThrow(/needs guideEmbeddings/);
      } else {
        expect(() => evaluate(make(), having(call, { guideEmbeddings }))).toThrow(/has no option "guideEmbeddings"/);
      }
      if (takes.metaClasses === true) expectSlopes(evaluate(make(), having(call, { metaClasses })), call, make());
      else expect(() => evaluate(make(), having(call, { metaClasses }))).toThrow(/has no option "metaClasses"/);
    });

    it(`negatives: ${takes.negatives ?? "none"}`, () => {
      const { reference } = referenceOf(call.embeddings.length);
      const guide = takes.guide === true ? { guideReference: reference, guideNegatives: [reference, reference] } : {};
      const negatives = [reference, referenceOf(call.embeddings.length).reference];
      const more = { reference, negatives, ...guide };
      if (takes.negatives === undefined) {
        expect(() => evaluate(make(), having(call, { negatives }))).toThrow(/has no option "negatives"/);
        return;
      }
      // what a teacher says of more candidates is another loss's own
      if (takes.teacher !== "scores") {
        const given = having({ ...call, ...(takes.labels === "paired" && { labels: null }) }, more);
        const { gradients } = evaluate(make(), given);
        for (const column of gradients.negatives!) expectFiniteMatrix(column, negatives[0].length, shape.embeddingSize);
        expect(evaluate(make(), having(given, { learnReference: false })).gradients).not.toHaveProperty("negatives");
        expect(() => evaluate(make(), having(given, { reference: undefined }))).toThrow(/reference/);
      }
      for (const [wrong, words] of [
        [[reference.slice(1)], /negatives\[0\] has \d+ rows, embeddings has \d+/],
        [[reference.map((row) => row.slice(1))], /negatives\[0\] has \d+ columns, embeddings has \d+/],
        ["no list", /as negatives; give a list of matrices/],
      ] as const)
        expect(() => evaluate(make(), having(call, { reference, ...guide, negatives: wrong }))).toThrow(words);
      if (takes.negatives === "required")
        expect(() => evaluate(make(), having(call, { negatives: undefined }))).toThrow(/needs negatives/);
    });

    it(`a teacher: ${takes.teacher ?? "none"}`, () => {
      for (const name of ["teacher", "teacherScores"]) {
        if (takes.teacher === (name === "teacher" ? "embeddings" : "scores"))
          expect(() => evaluate(make(), having(call, { [name]: undefined }))).toThrow(
            `needs ${name === "teacher" ? "a teacher" : name}`,
          );
        else {
          const given = name === "teacher" ? [[[1]]] : [[1]];
          expect(() => evaluate(make(), having(call, { [name]: given }))).toThrow(`has no option "${name}"`);
        }
      }
    });
  });

  describe("is silent, with the reason, where a batch lacks what it needs, and only there:", () => {
    const statusOf = (given: Call): string => {
      const { value, gradients, report } = evaluate(make(), given);
      if (report.status !== "learning" && report.status !== "all-satisfied") {
        expect(value).toBe(0);
        expect(gradients.embeddings.data.every((slope) => slope === 0)).toBe(true);
        expect(() => evaluate(make({ whenSilent: "throw" }), given)).toThrow(/learns nothing from this batch: /);
      }
      return report.status;
    };
    const areClasses = takes.labels === "classes" || takes.labels === "required";
    const own = make().needs;

    if (areClasses)
      it(`positives: ${own.positives}`, () => {
        // classes beyond those that a loss was made for are none of its own
        const n = shape.numClasses;
        const few = callOf(takes, n);
        const status = statusOf({ ...few, labels: Array.from({ length: n }, (_, i) => i) });
        if (own.positives) expect(status).toBe("no-positive-pairs");
        else expect(["learning", "all-satisfied"]).toContain(status);
      });

    if (areClasses)
      it(`negatives: ${own.negatives}`, () => {
        const status = statusOf({ ...call, labels: call.embeddings.map(() => 0) });
        if (own.negatives) expect(status).toBe("no-negative-pairs");
        else expect(["learning", "all-satisfied"]).toContain(status);
      });

    if (areClasses)
      it(`pairs at all: ${own.pairs !== false}`, () => {
        const status = statusOf({ ...callOf(takes, 1), labels: [0] });
        if (own.pairs === false) expect(["learning", "all-satisfied"]).toContain(status);
        else expect(status).toBe("no-positive-pairs");
      });

    if (takes.labels === "paired")
      it(`negatives, of rows by place: ${own.negatives}`, () => {
        const { reference } = referenceOf(1);
        const guide = takes.guide === true ? { guideReference: reference } : {};
        const alone = { ...callOf(takes, 1), labels: null };
        const status = statusOf(having(alone, { reference, ...guide }));
        if (own.negatives) expect(status).toBe("no-negative-pairs");
        else expect(["learning", "all-satisfied"]).toContain(status);
      });

    // around a memory tuples are learned from in addition
    const areAllThereIs = description.wraps === undefined || takes.reference !== "none";
    const choose = takes.tuples === "pairs" || takes.tuples === "triplets";
    if (choose && areAllThereIs)
      it("tuples that name nothing", () => {
        expect(statusOf(having(call, { tuples: noTuples }))).toBe("no-tuples");
      });

    if (needs.pairs === false && !areClasses)
      it("never", () => {
        expect(["learning", "all-satisfied"]).toContain(statusOf(callOf(takes, 2)));
      });
  });
});

for (const Class of lossClasses) {
  const description: LossDescription = Class.description;
  const inner = [new kindred.ContrastiveLoss()];
  const first = { loss: inner, losses: [inner], none: [] }[description.wraps ?? "none"];
  describeOptionsContract(Class.name, {
    record: description.options,
    least: { ...description.example?.(shape) },
    make: (options) => {
      const given = [...first, ...(options === undefined ? [] : [options])];
      return new Class(...(given as never[])) as Loss & { readonly options: object };
    },
  });
}

it("an example is made for the width and the number of classes asked for", () => {
  const random = new Random(3);
  const rows = Array.from({ length: 10 }, () => Array.from({ length: 7 }, () => random.normal()));
  for (const Class of lossClasses.filter(({ description }) => description.example !== undefined)) {
    const options = Class.description.example!({ embeddingSize: 7, numClasses: 5 }) as Record<string, unknown>;
    if (Class.description.wraps !== undefined) continue;
    const loss = new Class(...([options] as never[]));
    const { labels: kind, reference } = Class.description.takes;
    const labels = kind === "none" ? null : rows.map((_, i) => i % 5);
    const columns = reference === "required" ? { reference: rows } : {};
    expect(loss.evaluate(rows, labels, columns).gradients.embeddings).toMatchObject({ rows: 10, cols: 7 });
  }
});
