import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { clusteredCsv, put, runCommand, scratchFolder } from "./support/scratch.ts";

const folder = scratchFolder();
const table = put(folder, "kinds.csv", clusteredCsv(6, 10));

describe("a command line that cannot be used", () => {
  it.each([
    ["a command that is none", ["trian", table], /^kindred: unknown command 'trian'; did you mean train\?$/m],
    [
      "a flag that is none",
      ["train", table, "--lable", "x"],
      /^kindred: unknown option '--lable'; did you mean --label\?$/,
    ],
    [
      "a loss that is none",
      ["train", table, "--loss", "SupCon"],
      /^kindred: .* "SupCon"; did you mean "SupConLoss"\?$/,
    ],
    [
      "a loss like no other",
      ["train", table, "--loss", "zzz"],
      /^kindred: there is no loss "zzz"; there are AngularLoss, /,
    ],
    ["a miner that is none", ["train", table, "--miner", "batch-hard"], /did you mean "BatchHardMiner"\?$/],
    ["a sampler that is none", ["train", table, "--sampler", "mPerClass"], /did you mean "m-per-class"\?$/],
    ["no embeddings", ["evaluate"], /^kindred: missing required argument 'embeddings'$/],
    ["steps and epochs", ["train", table, "--epochs", "2", "--steps", "3"], /'--steps <count>' cannot be used with/],
    ["an unfinished list of layers", ["train", table, "--hidden", "16,,"], /'16,,' is invalid\. Give whole numbers/],
    ["a list with a hole", ["evaluate", table, "--k", "1,,2"], /'1,,2' is invalid\. Give whole numbers/],
    ["an infinite rate", ["train", table, "--lr", "1e400"], /'1e400' is invalid\. Give a finite number above 0\.$/],
    ["all held out", ["train", table, "--held-out", "1"], /Give a number above 0 and below 1\.$/],
    ["a seed between two numbers", ["train", table, "--seed", "1.5"], /Give a whole number from 0 on\.$/],
    ["a memory that holds nothing", ["train", table, "--memory-size", "1e10"], /from 1 to 2147483647\.$/],
    [
      "too wide embeddings",
      ["train", table, "--size", "1e9"],
      /layer 1 of the head would be 6 x 1,000,000,000 numbers, 24 GB/,
    ],
    ["too wide layers", ["train", table, "--hidden", "1000000,1000000"], /layer 2 of the head would be .* 4,000 GB/],
    [
      "too wide batches",
      ["train", table, "--size", "4000000", "--batch-size", "40"],
      /the embeddings of a batch would be 40 x/,
    ],
    [
      "too large a memory",
      ["train", table, "--memory-size", "1e8"],
      /memory of embeddings would be .*smaller --memory-size/,
    ],
    ["a group larger than the batch", ["train", table, "--m", "1e9"], /m is 1000000000 and batchSize/],
    [
      "epochs without end",
      ["train", table, "--epochs", "2e9"],
      /steps would never end; give fewer --steps or --epochs$/,
    ],
    [
      "a fake distance",
      ["train", table, "--loss-options", '{"distance":{"compare":1}}'],
      /cannot give distance: .* no JSON/,
    ],
    [
      "a fake reducer",
      ["doctor", table, "--loss-options", '{"reducer":{"begin":1}}'],
      /cannot give reducer: .* no JSON/,
    ],
    ["too many samples", ["sensitivity", "--n", "1e9"], /Give a whole number from 1 to 100000\.$/],
    [
      "too many columns",
      ["sensitivity", "--dim", "1e9"],
      /the embeddings would be 100 x 1,000,000,000 numbers, 400 GB/,
    ],
    [
      "too many proxies",
      ["sensitivity", "--loss", "ProxyNCALoss", "--ranges", "1e15"],
      /the vectors of the classes would be/,
    ],
    [
      "proxies too wide",
      ["doctor", table, "--loss", "ArcFaceLoss", "--size", "1e9"],
      /the vectors of the classes would be/,
    ],
    ["trials without end", ["sensitivity", "--trials", "1e12"], /Give a whole number from 1 to 100000\.$/],
  ])("is refused in one sentence: %s", async (_, args, sentence) => {
    const { status, out, errors } = await runCommand(...args);
    expect(status).toBe(2);
    expect(errors).toMatch(sentence);
    expect(errors.replace(/\n\(kindred --help.*\)$/, "")).not.toContain("\n");
    expect(out).toBe("");
  });

  it("may be found out by a training that diverges", async () => {
    const args = ["--steps", "3", "--hidden", "8", "--lr", "1e30", "--out", join(folder, "out")];
    const { status, errors } = await runCommand("train", table, ...args);
    expect(status).toBe(2);
    expect(errors).toMatch(/^kindred: the training diverged: .* give a smaller --lr, or milder options of the loss$/);
  });

  it("may be found out by vectors that overflow", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `3e38,-3e38,3e38,3e38,-3e38,3e38,k${i % 5}`);
    const huge = put(folder, "huge.csv", `a,b,c,d,e,f,label\n${rows.join("\n")}\n`);
    const { status, errors } = await runCommand("train", huge, "--steps", "3", "--out", join(folder, "out"));
    expect(status).toBe(2);
    expect(errors).toMatch(
      /^kindred: the vectors hold numbers so large .*; give --scale standard, or smaller numbers$/,
    );
  });

  it("is shown with its commands to the terminal written out", async () => {
    const { errors } = await runCommand("evaluate", "a\n\x1b[2J.csv");
    expect(errors).toContain("a\\u000a\\u001b[2J.csv");
    const { errors: option } = await runCommand("evaluate", table, "--\x1b[2J");
    expect(option).toContain("--\\u001b[2J");
  });
});
