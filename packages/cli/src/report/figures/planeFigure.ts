import * as Plot from "@observablehq/plot";
import { plural } from "../../terminal/format.ts";
import { shortened } from "../../terminal/shortened.ts";
import { draw } from "./draw.ts";
import { ground } from "./ground.ts";
import { classMark, ink } from "./palette.ts";
import type { Points } from "./plane.ts";

/** Letters of a class's name in the picture; the legend has more. */
const LETTERS = 14;
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
    caption: shortened(captions[k], CAPTION_LETTERS),
  }));
  return draw(
    `${what}, laid out on a plane: ${plural(points.length, "point")} of ${plural(classes.length, "class", "classes")}.`,
    {
      ...ground,
      height: 380,
      marginLeft: 1,
      marginRight: 1,
      marginTop: 1,
      marginBottom: 1,
      axis: null,
      inset: 8,
      // room for the name of a class at either edge
      insetLeft: 40,
      insetRight: 40,
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
        Plot.text(
          rows,
          Plot.groupZ(
            { x: "median", y: "median", text: "first" },
            {
              x: "x",
              y: "y",
              z: "label",
              text: ({ label }: { label: string }) => shortened(label, LETTERS),
              fill: "currentColor",
              stroke: ink.paper,
              strokeWidth: 4,
              fontWeight: "bold",
            },
          ),
        ),
      ],
    },
  );
}
