import { expect, it } from "vitest";
import { runNote, version } from "../../src/door/runNote.ts";

it("a run is noted so that it can be made again", () => {
  const {
    commandLine,
    version: versions,
    date,
  } = runNote(["train", "my data.csv", "--label", "it's", "--lr", "0.1", ""]);
  expect(commandLine).toBe(String.raw`kindred train 'my data.csv' --label 'it'\''s' --lr 0.1 ''`);
  expect(versions).toBe(`kindred-cli ${version()}, Node ${process.versions.node}`);
  expect(Math.abs(date.getTime() - Date.now())).toBeLessThan(10_000);
});
