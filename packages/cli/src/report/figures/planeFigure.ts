import * as Plot from "@observablehq/plot";
import { plural } from "../../terminal/format.ts";
import { shorten } from "../../terminal/wrap.ts";
import { apart } from "./apart.ts";
import { draw } from "./draw.ts";
import { ground } from "./ground.ts";
import { classMark, ink } from "./palette.ts";
import type { Points } from "./plane.ts";

/** Letters of a class's name in the picture; the legend has more. */
const LETTERS = 14;
/** The picture, and its margins: at the sides there is room for half a name. */
const HEIGHT = 380;
const INSET = 8;
const SIDE = 40;
/** Of a name in the picture, and of one of its letters. */
const LINE = 15;
const LETTER = 8;
/** Letters of a point's name. */
const CAPTION_LETTERS = 120;

/**
 * Points on a plane, each class in a colour and a shape; a point's caption shows when the mouse rests on it.
 *
 * @param what is shown, for those who don't see it: "The raw vectors"
 */
export function planeFigure(
  what: string,
  points: Points,
  labels: readonly string[],
  captions: readonly string[],
): string {
  const classes = [...new Set(labels)];
  const marks = classes.map((_, c) => classMark(c));
  const rows = points.map(([x, y], k) => ({
    x,
    y,
    label: labels[k],
    caption: shorten(captions[k], CAPTION_LETTERS),
  }));
  return draw(
    `${what}, laid out on a plane: ${plural(points.length, "point")} of ${plural(classes.length, "class", "classes")}.`,
    {
      ...ground,
      height: HEIGHT,
      marginLeft: 1,
      marginRight: 1,
      marginTop: 1,
      marginBottom: 1,
      axis: null,
      inset: INSET,
      insetLeft: SIDE,
      insetRight: SIDE,
      color: { domain: classes, range: marks.map(({ colour }) => colour) },
      symbol: { domain: classes, range: marks.map(({ symbol }) => symbol) },
      marks: [
        Plot.frame({ stroke: "var(--line)", ariaHidden: "true" }),
        Plot.dot(rows, {
          x: "x",
          y: "y",
          fill: "label",
          symbol: "label",
          stroke: ink.paper,
          strokeWidth: 0.6,
          r: 3.4,
          title: "caption",
        }),
        Plot.text(namePlaces(points, labels), {
          x: "x",
          y: "y",
          text: "name",
          fill: "currentColor",
          stroke: ink.paper,
          strokeWidth: 4,
          fontWeight: "bold",
        }),
      ],
    },
  );
}

/** Where the names of classes stand: in the middle of their points, but not on each other. */
function namePlaces(points: Points, labels: readonly string[]): { name: string; x: number; y: number }[] {
  const rowsOf = new Map<string, number[]>();
  labels.forEach((label, i) => rowsOf.set(label, [...(rowsOf.get(label) ?? []), i]));
  const names = [...rowsOf.keys()].map((label) => shorten(label, LETTERS));
  const unit = [0, 1].map((axis) => {
    const all = points.map((point) => point[axis]);
    const pixels = axis === 0 ? ground.width - 2 * SIDE : HEIGHT - 2 * INSET;
    return (Math.max(...all) - Math.min(...all)) / pixels || 1;
  });
  const middles = [...rowsOf.values()].map((rows, c) => ({
    x: median(rows.map((i) => points[i][0])) / unit[0],
    y: median(rows.map((i) => points[i][1])) / unit[1],
    width: LETTER * names[c].length,
  }));
  return apart(middles, LINE).map(({ x, y }, c) => ({ name: names[c], x: x * unit[0], y: y * unit[1] }));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
