// Draws docs/losses/pictures with the built library: `npm run docs:pictures` all of them,
// `npm run docs:pictures -- CircleLoss` those named.
import { readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as kindred from "../packages/kindred/dist/index.js";
import { drawLoss } from "./loss-pictures.mjs";

const docs = fileURLToPath(new URL("../docs/losses/", import.meta.url));
const pages = readdirSync(docs).filter((file) => file.endsWith(".md"));
const losses = new Map(
  kindred.describedClasses(kindred, "loss").map((LossClass) => [LossClass.description.name, LossClass]),
);
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !losses.has(name));
if (unknown !== undefined) throw new Error(`there is no loss ${unknown}; known: ${[...losses.keys()].join(", ")}`);
for (const name of wanted.length > 0 ? wanted : losses.keys()) {
  const svg = drawLoss(kindred, losses.get(name));
  writeFileSync(`${docs}pictures/${pageOf(name)}.svg`, `${svg}\n`);
  console.log(`${name}: ${svg.length} bytes`);
}

/** The name of a loss's page, which is that of its source file. */
function pageOf(name) {
  const page = pages.find((file) => file.toLowerCase() === `${name.toLowerCase()}.md`);
  if (page === undefined) throw new Error(`there is no page of ${name} in docs/losses; write one first`);
  return page.slice(0, -".md".length);
}
