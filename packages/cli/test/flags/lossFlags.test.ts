import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addLossFlags } from "../../src/flags/lossFlags.ts";

/** What the loss is told when the command is called so. */
function told(args: readonly string[], given: Record<string, unknown> = {}): Readonly<Record<string, unknown>> {
  const command = new Command("train")
    .option("--loss <name>")
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const optionsOf = addLossFlags(command, args);
  command.parse([...args], { from: "user" });
  return optionsOf(given);
}

describe("addLossFlags", () => {
  it("gives a flag to every option of the loss that is a number, true or false, or a word", () => {
    const args = ["--loss", "TripletMarginLoss", "--loss-margin", "0.2", "--loss-swap", "true"];
    expect(told(args)).toEqual({ margin: 0.2, swap: true });
    expect(told(["--loss=PNPLoss", "--loss-variant", "Ds", "--loss-alpha", "2"])).toEqual({ variant: "Ds", alpha: 2 });
  });

  it("takes the usual loss where none is named, and an option above the object of options", () => {
    expect(told(["--loss-temperature", "0.2"], { temperature: 0.3 })).toEqual({ temperature: 0.2 });
    expect(told([], { temperature: 0.3 })).toEqual({ temperature: 0.3 });
  });

  it("refuses a flag that is another loss's, and a word that is no number", () => {
    expect(() => told(["--loss", "SupConLoss", "--loss-margin", "0.2"])).toThrow("unknown option '--loss-margin'");
    expect(() => told(["--loss-temperature", "warm"])).toThrow("Give a number.");
  });

  it("has no flags for a name that is no loss's", () => {
    expect(told(["--loss", "NoLoss"])).toEqual({});
  });

  it("shows the option's own text", () => {
    const command = new Command("train");
    addLossFlags(command, []);
    expect(command.helpInformation().replace(/\s+/g, " ")).toContain(
      "What similarities are divided by, > 0. Default 0.1.",
    );
  });
});
