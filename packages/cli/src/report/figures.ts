import * as Plot from "@observablehq/plot";
import { draw } from "./draw.ts";
import { ground } from "./ground.ts";
import type { Points } from "./plane.ts";

/** Ten colours that are told apart on white. */
const colours = [
  "#4269d0",
  "#efb118",
  "#ff725c",
  "#6cc5b0",
  "#3ca951",
  "#ff8ab7",
  "#a463f2",
  "#97bbf5",
  "#9c6b4e",
  "#5b6775",
];

/** A curve over steps: each value faint, their moving mean strong. */
export function stepCurve(values: ArrayLike<number>, label: string, percent = false): string {
  const points = thinned(Array.from(values, (value, k) => ({ step: k + 1, value: percent ? 100 * value : value })));
  const window = Math.max(1, Math.round(points.length / 30));
  return draw({
    ...ground,
    x: { label: "step" },
    y: { label, grid: true, ...(percent ? { domain: [0, 100] } : { nice: true }) },
    marks: [
      Plot.lineY(points, { x: "step", y: "value", stroke: "#4269d0", strokeOpacity: 0.25 }),
      Plot.lineY(
        points,
        Plot.windowY({ k: window, anchor: "middle" }, { x: "step", y: "value", stroke: "#4269d0", strokeWidth: 2 }),
      ),
    ],
  });
}

/** A metric before and after, side by side. */
export function beforeAndAfter(
  metrics: readonly { readonly name: string; readonly before: number; readonly after: number }[],
): string {
  const bars = metrics.flatMap(({ name, before, after }) => [
    { name, when: "before", value: before },
    { name, when: "after", value: after },
  ]);
  return draw({
    ...ground,
    width: 1000,
    height: 90 + 60 * metrics.length,
    marginLeft: 60,
    x: { domain: [0, 1], grid: true, label: null },
    y: { domain: ["before", "after"], label: null },
    fy: { label: null, domain: metrics.map(({ name }) => name) },
    color: { domain: ["before", "after"], range: ["#c3ccd6", "#2f6fb2"] },
    marginRight: 170,
    marks: [
      Plot.barX(bars, { x: "value", y: "when", fy: "name", fill: "when", insetTop: 1, insetBottom: 1 }),
      Plot.text(bars, {
        x: "value",
        y: "when",
        fy: "name",
        text: (bar: { value: number }) => bar.value.toFixed(3),
        dx: 6,
        textAnchor: "start",
      }),
    ],
  });
}

/** Points on a plane, coloured by class; a point's caption shows when the mouse rests on it. */
export function plane(points: Points, labels: readonly string[], captions: readonly string[]): string {
  const classes = [...new Set(labels)];
  const rows = points.map(([x, y], k) => ({ x, y, label: labels[k], caption: captions[k] }));
  return draw({
    ...ground,
    width: 500,
    height: 440,
    axis: null,
    inset: 8,
    // room for the name of a class at either edge
    insetLeft: 40,
    insetRight: 40,
    color: { domain: classes, range: classes.map((_, c) => colours[c % colours.length]) },
    marks: [
      Plot.frame({ stroke: "#d9dfe6" }),
      Plot.dot(rows, { x: "x", y: "y", fill: "label", r: 3, fillOpacity: 0.8, title: "caption" }),
      Plot.text(
        rows,
        Plot.groupZ(
          { x: "median", y: "median", text: "first" },
          {
            x: "x",
            y: "y",
            z: "label",
            text: "label",
            fill: "#1d2733",
            stroke: "white",
            strokeWidth: 4,
            fontWeight: "bold",
          },
        ),
      ),
    ],
  });
}

/** At most about a thousand points, each the mean of its neighbours. */
function thinned(points: readonly { step: number; value: number }[]): { step: number; value: number }[] {
  const every = Math.ceil(points.length / 1000);
  if (every === 1) return [...points];
  return Array.from({ length: Math.ceil(points.length / every) }, (_, k) => {
    const group = points.slice(k * every, (k + 1) * every);
    return { step: group.at(-1)!.step, value: group.reduce((sum, { value }) => sum + value, 0) / group.length };
  });
}
