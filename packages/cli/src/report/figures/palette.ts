/**
 * The colours of pages and pictures by their names, in a light and a dark room. Of each class its text reaches a contrast of
 * 4.5 : 1 with the paper; those with one shape (five apart) differ for eyes that take red for green, too.
 */
const colours = {
  ground: ["#f3f5f7", "#0d1116"],
  paper: ["#ffffff", "#161b22"],
  ink: ["#1d2733", "#e6ebf1"],
  soft: ["#56616e", "#a5b1be"],
  line: ["#d9dfe6", "#39434f"],
  /** Of marks that stand behind others. */
  quiet: ["#7f8b99", "#8592a1"],
  c1: ["#0b5fae", "#6fb4f5"],
  c2: ["#a35200", "#f2a65a"],
  c3: ["#00734f", "#4fcf9f"],
  c4: ["#a12a78", "#f395cc"],
  c5: ["#59616b", "#b9c3cf"],
  c6: ["#7d6200", "#e3c64a"],
  c7: ["#1877ad", "#9ad8ff"],
  c8: ["#6a45c8", "#bda6ff"],
  c9: ["#007a86", "#66d6de"],
  c10: ["#c02d22", "#ff9184"],
} as const;

const declared = (room: 0 | 1): string =>
  Object.entries(colours)
    .map(([name, values]) => `--${name}: ${values[room]};`)
    .join(" ");

export const lightColours = declared(0);
export const darkColours = declared(1);

/** Of marks that are no class. */
export const ink = { strong: "var(--c1)", other: "var(--c10)", quiet: "var(--quiet)", paper: "var(--paper)" } as const;

/** How the points of a class are drawn, and as which character. */
interface ClassMark {
  readonly colour: string;
  readonly symbol: "circle" | "square" | "triangle" | "diamond" | "star";
  readonly character: string;
}

const shapes = [
  { symbol: "circle", character: "●" },
  { symbol: "square", character: "■" },
  { symbol: "triangle", character: "▲" },
  { symbol: "diamond", character: "◆" },
  { symbol: "star", character: "★" },
] as const;

/** The mark of class number `c`: ten colours and five shapes. */
export function classMark(c: number): ClassMark {
  return { colour: `var(--c${(c % 10) + 1})`, ...shapes[c % shapes.length] };
}
