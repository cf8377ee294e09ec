import { describe, expect, it } from "vitest";
import { lossDescription, lossNames } from "../../src/parts/losses.ts";
import { checkLossOptions } from "../../src/parts/lossOptions.ts";

const check = (loss: string, options: Record<string, unknown>): void =>
  checkLossOptions(lossDescription(loss), options);

describe("checkLossOptions", () => {
  it("leaves numbers, words, lists, null and names that are no options to the loss", () => {
    check("SupConLoss", { temperature: 0.1, distance: null, whenSilents: 1 });
    check("TripletMarginLoss", { margin: "x", swap: true, tripletsPerAnchor: "all" });
    check("ArcFaceLoss", { classWeights: [1, 2] });
  });

  it.each(["distance", "reducer", "embeddingRegularizer"])(
    "refuses a made-up %s in words for the command line",
    (option) => {
      for (const value of [{ compare: 1 }, "cosine", 5, [1], true])
        expect(() => check("SupConLoss", { [option]: value })).toThrow(
          new RegExp(
            `^--loss-options cannot give ${option}: SupConLoss takes a .* there, which is no JSON; leave it out`,
          ),
        );
    },
  );

  it("refuses what the command knows itself, and an object for a list", () => {
    expect(() => check("ArcFaceLoss", { numClasses: 1e9 })).toThrow("gives numClasses, but how many classes there are");
    expect(() => check("ArcFaceLoss", { embeddingSize: 2 })).toThrow("gives embeddingSize, but");
    expect(() => check("SupConLoss", { whenSilent: "throw" })).toThrow("gives whenSilent, but");
    expect(() => check("ArcFaceLoss", { classWeights: { a: 1 } })).toThrow("as an object; give a list");
  });

  it("refuses more bins or centers than there is memory and time for", () => {
    expect(() => check("HistogramLoss", { nBins: 1e9 })).toThrow(
      "nBins of HistogramLoss is 1000000000; give at most 100000",
    );
    check("ArcFaceLoss", { sampledClasses: 1e9 });
    check("HistogramLoss", { nBins: 1000 });
  });

  it("never lets an object through to a loss for what is made in a program", () => {
    for (const name of lossNames())
      for (const [option, { bounds, values, kind }] of Object.entries(lossDescription(name).options))
        if (bounds === undefined && values === undefined && !/"all"|a name/.test(kind))
          expect(() => check(name, { [option]: { fake: 1 } }), `${name} ${option}`).toThrow("--loss-options");
  });
});
