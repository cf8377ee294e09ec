import { MultiSimilarityLoss } from "../../losses/pairs/multiSimilarityLoss.ts";
import { NCALoss } from "../../losses/pairs/ncaLoss.ts";
import { SupConLoss } from "../../losses/pairs/supConLoss.ts";
import type { LearningPart } from "../heads/projectionHead.ts";
import type { MapRecipe } from "./closedForms.ts";
import type { HeadRecipe, LossRecipe } from "./headRecipe.ts";
import type { HeldBy } from "./heldParts.ts";

/** The losses that are tried when none is named. */
export const usualLosses: readonly LossRecipe[] = [
  { name: "NCALoss (softmaxScale 10)", make: () => new NCALoss({ softmaxScale: 10 }) },
  { name: "SupConLoss", make: () => new SupConLoss() },
  { name: "MultiSimilarityLoss", make: () => new MultiSimilarityLoss() },
];

/** Embeddings need no more columns than this to be told apart, where a head begins at random. */
const RANDOM_SIZE = 128;

/** Beyond so many columns all eigenvectors take longer than what they add is worth. */
export const MANY_COLUMNS = 640;

/** The closed forms for vectors of so many columns and classes; the first leaves them as they are, the most promising come first. */
export function closedCandidates(cols: number, classes: number): MapRecipe[] {
  const whitened = (power: number, shrinkage: number): MapRecipe => ({ form: "whitening", power, shrinkage });
  const components = (size: number, stretch: number): MapRecipe[] =>
    size >= 2 ? [{ form: "whitened components", power: 0.5, shrinkage: 0.3, size, stretch }] : [];
  const most = cols <= MANY_COLUMNS ? cols : Math.floor(cols / 2);
  const fewer = [Math.floor(cols / 2), Math.floor(cols / 4)];
  const discriminants = Math.min(cols, classes - 1);
  return [
    { form: "identity" },
    ...components(most, 0.5),
    whitened(0.25, 0),
    ...components(most, 0.25),
    ...fewer.flatMap((size) => components(size, 0)),
    whitened(0.25, 0.3),
    whitened(0.5, 0.3),
    whitened(0.5, 1),
    { form: "centering" },
    { form: "standard" },
    whitened(0.5, 3),
    whitened(0.5, 0),
    ...(discriminants >= 2 ? [{ form: "discriminants", size: discriminants, shrinkage: 0.3 } as const] : []),
    ...fewer.slice(0, 1).flatMap((size): MapRecipe[] => (size >= 2 ? [{ form: "principal", size }] : [])),
  ];
}

/** What heads are to be like; null: as suits. */
export interface HeadWishes {
  /** Hidden layers. */
  readonly hidden: readonly number[] | null;
  readonly learningRate: number | null;
}

/**
 * What is worth training, in the order in which it is tried when there is not time for all. For classes that are new, heads stay near
 * where they begin; for new rows of the same classes they go far.
 *
 * @param best the best closed form
 * @param losses at least one
 */
export function trainedCandidates(
  best: MapRecipe,
  by: HeldBy,
  losses: readonly LossRecipe[],
  { hidden, learningRate }: HeadWishes,
): HeadRecipe[] {
  const [first, second = first, third = first] = losses;
  const identity: MapRecipe = { form: "identity" };
  const near = [
    begunAs(best, "map", first, 3e-4),
    begunAs(best, "map", second, 3e-4),
    begunAs(best, "residual", first, 1e-4),
    begunAs(best, "map", first, 1e-4),
    begunAs(best, "lowRank", first, 3e-4),
    begunAs(best, "map", third, 3e-4),
    begunAs(identity, "map", third, 1e-3),
    begunAs(best, "residual", second, 1e-4),
    random([], second),
    random([256], second),
  ];
  const far = [
    begunAs(best, "map", third, 1e-3),
    begunAs(best, "map", second, 1e-3),
    begunAs(best, "map", first, 1e-3),
    begunAs(identity, "map", third, 1e-3),
    begunAs(identity, "map", second, 1e-3),
    begunAs(best, "residual", first, 3e-4),
    begunAs(best, "lowRank", third, 1e-3),
    random([], second),
    random([256], second),
  ];
  const usual = by === "class" ? near : far;
  const shaped = hidden === null ? usual : losses.map((loss) => random(hidden, loss));
  const all = learningRate === null ? shaped : shaped.map((recipe) => ({ ...recipe, learningRate }));
  const seen = new Set<string>();
  return all.filter((recipe) => {
    const key = JSON.stringify(recipe);
    return !seen.has(key) && seen.add(key);
  });
}

function begunAs(map: MapRecipe, learns: LearningPart, loss: LossRecipe, learningRate: number): HeadRecipe {
  return { map, learns, hidden: [], outputSize: 0, loss, learningRate };
}

function random(hidden: readonly number[], loss: LossRecipe): HeadRecipe {
  return { map: null, learns: "map", hidden, outputSize: RANDOM_SIZE, loss, learningRate: 1e-3 };
}
