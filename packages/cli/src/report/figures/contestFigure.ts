import * as Plot from "@observablehq/plot";
import { decimal, plural } from "../../terminal/format.ts";
import { draw } from "./draw.ts";
import { below, ground } from "./ground.ts";
import { classMark, ink } from "./palette.ts";
import { tickText, wholeTicks } from "./ticks.ts";

/** A head in a contest: after each of its turns the steps it has done, its best score, and at which step it was reached. */
export interface ContestCurve {
  readonly name: string;
  readonly turns: readonly { readonly steps: number; readonly bestStep: number; readonly score: number }[];
}

/** What is not trained, and so is as good at each step. */
interface ContestLevel {
  readonly name: string;
  readonly score: number;
}

/** How levels are drawn, the first and the second, and as which character. */
export const levelMarks = [
  { colour: "var(--soft)", dashes: "5 5", character: "┄" },
  { colour: "var(--ink)", dashes: "none", character: "─" },
] as const;

/**
 * The best score so far of each head over the steps of its training, as a line with a mark where a turn ends; levels beside them.
 *
 * @param curves at least one, the best first: the mark of number k is that of class k
 * @param levels at most two
 */
export function contestFigure(curves: readonly ContestCurve[], levels: readonly ContestLevel[]): string {
  const last = Math.max(2, ...curves.flatMap(({ turns }) => turns.map(({ steps }) => steps)));
  return draw(contestWords(curves, levels), {
    ...ground,
    height: 320,
    x: { ...below, label: "step", domain: [0, last], ticks: wholeTicks(0, last), tickFormat: tickText },
    y: { label: "score", grid: true, nice: true, ticks: 5 },
    marks: [
      ...levels.map(({ score }, k) =>
        Plot.ruleY([score], { stroke: levelMarks[k].colour, strokeDasharray: levelMarks[k].dashes, strokeWidth: 1.5 }),
      ),
      // the best is drawn over the others
      ...[...curves.entries()].reverse().flatMap(([k, { turns }]) => {
        const { colour, symbol } = classMark(k);
        return [
          Plot.lineY(wayOf(turns), { x: "steps", y: "score", stroke: colour, strokeWidth: 2 }),
          Plot.dot(turns, { x: "steps", y: "score", symbol, fill: colour, stroke: ink.paper, r: 4 }),
        ];
      }),
    ],
  });
}

/** From turn to turn: what was gained was gained at the best step. */
function wayOf(turns: ContestCurve["turns"]): { steps: number; score: number }[] {
  return turns.flatMap(({ steps, bestStep, score }, k) => {
    const isGained = k === 0 || score > turns[k - 1].score;
    return [...(isGained && bestStep < steps ? [{ steps: bestStep, score }] : []), { steps, score }];
  });
}

function contestWords([best, ...others]: readonly ContestCurve[], levels: readonly ContestLevel[]): string {
  const { score, bestStep } = best.turns.at(-1)!;
  const beside = levels.map((level) => `, ${level.name} ${decimal(level.score)}`).join("");
  return `The best score so far of ${plural(others.length + 1, "head")} over steps: the best reaches ${decimal(score)} at step ${bestStep}${beside}.`;
}
