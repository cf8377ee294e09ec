// The data sets of docs/training.md: labelled vectors whose classes are held out whole.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import opentype from "opentype.js";
import { emojiNames } from "../examples/silent-batches/emojiNames.mjs";
import { territoryNames } from "../packages/cli/dist/tasks/territoryNames.js";
import { Random } from "../packages/kindred/dist/index.js";

const FONTS = fileURLToPath(new URL("../node_modules/@fontsource/", import.meta.url));
const SIDE = 28;

/** Each set: what it is, its rows, and the plan of a search that takes about a minute on two cores. */
export const dataSets = {
  territories: {
    title: "Names of territories",
    about:
      "the built-in task: what each territory is called in the languages written in Latin letters, 1,024 hashed letter n-grams",
    plan: { closedForms: 8, contestants: 3, rounds: [40, 60] },
    rows() {
      const { vectors, labels } = territoryNames();
      return { inputs: vectors, labels };
    },
  },
  emoji: {
    title: "Names of emoji",
    about: "600 emoji, 16 names of each, in the languages written in Latin letters, 512 hashed letter n-grams",
    plan: { closedForms: 15, contestants: 6, rounds: [60, 80, 120] },
    rows: () => someOf(emojiNames(), 600, 16),
  },
  glyphs: {
    title: "Letters of fonts",
    about: "62 letters and digits of the fonts in node_modules/@fontsource, drawn 28 x 28; letters are held out",
    plan: { closedForms: 8, contestants: 6, rounds: [60, 80, 120] },
    rows: drawnGlyphs,
  },
  noise: {
    title: "Isotropic noise around random centres",
    about:
      "300 classes of 12 rows, 64 columns: all directions are alike, so that there is nothing to gain, and nothing may be lost",
    plan: { closedForms: 15, contestants: 6, rounds: [60, 80, 120] },
    rows() {
      const [random, classes, perClass, cols] = [new Random(1), 300, 12, 64];
      const centres = Float32Array.from({ length: classes * cols }, () => random.normal());
      const labels = Array.from({ length: classes * perClass }, (_, i) => i % classes);
      const data = new Float32Array(labels.length * cols);
      for (let k = 0; k < data.length; k++)
        data[k] = centres[labels[Math.floor(k / cols)] * cols + (k % cols)] + 1.5 * random.normal();
      return { inputs: { data, rows: labels.length, cols }, labels };
    },
  },
};

/** So many rows of each of so many classes, at random. */
function someOf({ vectors: { data, cols }, labels }, classes, perClass) {
  const random = new Random(1);
  const rowsOf = new Map();
  labels.forEach((label, i) => rowsOf.set(label, [...(rowsOf.get(label) ?? []), i]));
  const large = [...rowsOf.values()].filter((rows) => rows.length >= perClass);
  const chosen = Array.from(random.shuffle(Int32Array.from(large.keys())).subarray(0, classes));
  const rows = chosen.flatMap((c) => Array.from(random.shuffle(Int32Array.from(large[c])).subarray(0, perClass)));
  const out = new Float32Array(rows.length * cols);
  rows.forEach((row, i) => out.set(data.subarray(row * cols, (row + 1) * cols), i * cols));
  return { inputs: { data: out, rows: rows.length, cols }, labels: rows.map((row) => labels[row]) };
}

function drawnGlyphs() {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"];
  const pictures = [];
  const labels = [];
  for (const file of fontFiles()) {
    const bytes = readFileSync(file);
    const font = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    for (const letter of letters) {
      if (font.charToGlyphIndex(letter) === 0) continue;
      pictures.push(draw(font.charToGlyph(letter)));
      labels.push(letter);
    }
  }
  const cols = SIDE * SIDE;
  const data = new Float32Array(pictures.length * cols);
  pictures.forEach((picture, i) => data.set(picture, i * cols));
  return { inputs: { data, rows: pictures.length, cols }, labels };
}

/** The Latin letters of each font, in each of its weights up to three. */
function fontFiles() {
  return readdirSync(FONTS)
    .sort()
    .flatMap((font) =>
      readdirSync(`${FONTS}${font}/files`)
        .filter((file) => /-latin-\d+-normal\.woff$/.test(file))
        .sort()
        .slice(0, 3)
        .map((file) => `${FONTS}${font}/files/${file}`),
    );
}

/** How dark each pixel is, 0 .. 1: the letter in the middle, its larger side 24 pixels. */
function draw(glyph) {
  const path = glyph.getPath(0, 0, 100);
  const { x1, y1, x2, y2 } = path.getBoundingBox();
  const size = Math.max(x2 - x1, y2 - y1, 1e-3) * (SIDE / 24);
  const box = [(x1 + x2 - size) / 2, (y1 + y2 - size) / 2, size, size].join(" ");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}" viewBox="${box}"><path d="${path.toPathData(2)}"/></svg>`;
  const { pixels } = new Resvg(svg, { font: { loadSystemFonts: false } }).render();
  return Float32Array.from({ length: SIDE * SIDE }, (_, k) => pixels[4 * k + 3] / 255);
}
