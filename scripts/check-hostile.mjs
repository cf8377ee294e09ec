// Runs a program that attacks the library or the command, and judges by its failures: those that are the program's own
// mistakes are known here, with the reason.
//   node --expose-gc scripts/check-hostile.mjs PROGRAM [arguments for it]
import { spawnSync } from "node:child_process";
import * as kindred from "../packages/kindred/dist/index.js";

/** Losses that take other columns than labels of classes: scores, labels of pairs, negatives, a teacher. */
const ofOtherColumns = new Set(
  kindred
    .describedClasses(kindred, "loss")
    .filter(({ description: { takes } }) => !["classes", "required", "paired", "optional"].includes(takes.labels))
    .map(({ name }) => name),
);

/** It gives every loss labels of classes and nothing else, but those that it knows by name; others rightly refuse them, or take null. */
function isOfOtherColumns(failure) {
  const [, what, names] = /^FAIL (?:embeddings|labels): ([^\n]*)\n +at ([^\n]*)\n/.exec(failure) ?? [];
  if (what === undefined || !/^(refuses |takes undefined$)/.test(what)) return false;
  return names.split(", ").every((name) => ofOtherColumns.has(name));
}

const known = [
  { failure: { test: isOfOtherColumns } },
  {
    // it asks the labels for their length to make the second argument: with labels undefined it fails before the library is called
    failure:
      /^FAIL labels: words of the engine: TypeError: Cannot read properties of undefined \(reading 'length'\)\n +at HierarchicalSampler\n/,
  },
];

const { status, stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(2)], {
  encoding: "utf8",
  maxBuffer: 2 ** 28,
});
process.stdout.write(stdout);
process.stderr.write(stderr);
const failures = stdout.split(/^(?=FAIL )/m).filter((part) => part.startsWith("FAIL "));
const own = failures.filter((part) => !known.some(({ failure }) => failure.test(part)));
const isEnded = /^\d+ passed, \d+ failed\n?$/m.test(stdout);
if (own.length > 0) console.log(`${own.length} of ${failures.length} failures are not known as the program's own`);
process.exitCode = isEnded && own.length === 0 && (status === 0 || failures.length > 0) ? 0 : 1;
