import { MultiSimilarityLoss } from "../../losses/pairs/multiSimilarityLoss.ts";
import { NCALoss } from "../../losses/pairs/ncaLoss.ts";
import { SupConLoss } from "../../losses/pairs/supConLoss.ts";
import type { MapRecipe } from "./closedForms.ts";
import type { HeadRecipe, LossRecipe } from "./headRecipe.ts";

/** The losses that are tried when none is named. */
export const usualLosses: readonly LossRecipe[] = [
  { name: "SupConLoss", make: () => new SupConLoss() },
  { name: "MultiSimilarityLoss", make: () => new MultiSimilarityLoss() },
  { name: "NCALoss (softmaxScale 10)", make: () => new NCALoss({ softmaxScale: 10 }) },
];

/** Embeddings need no more columns than this to be told apart, where a head begins at random. */
const RANDOM_SIZE = 128;

/** The closed forms for vectors of so many columns and classes; the first leaves them as they are, the most promising come first. */
export function closedCandidates(cols: number, classes: number): MapRecipe[] {
  const whitened = (power: number, shrinkage: number): MapRecipe => ({ form: "whitening", power, shrinkage });
  const others = [0, 0.1, 1, 3].flatMap((shrinkage) => [whitened(0.25, shrinkage), whitened(0.5, shrinkage)]);
  const most = Math.min(cols, classes - 1);
  const sizes = [Math.floor(cols / 2), Math.floor(cols / 4)].filter((size) => size >= 2);
  return [
    { form: "identity" },
    whitened(0.25, 0.3),
    ...(most >= 2 ? [{ form: "discriminants", size: most, shrinkage: 0.3 } as const] : []),
    whitened(0.5, 0.3),
    { form: "centering" },
    { form: "standard" },
    ...others,
    ...sizes.map((size): MapRecipe => ({ form: "principal", size })),
  ];
}

/** What heads are to be like; null: as suits. */
export interface HeadWishes {
  /** Hidden layers. */
  readonly hidden: readonly number[] | null;
  readonly learningRate: number | null;
}

/**
 * What is worth training, in the order in which it is tried when there is not time for all.
 *
 * @param best the best closed form
 * @param losses at least one
 */
export function trainedCandidates(
  best: MapRecipe,
  losses: readonly LossRecipe[],
  { hidden, learningRate }: HeadWishes,
): HeadRecipe[] {
  const from = (map: MapRecipe, learns: "map" | "residual", loss: LossRecipe, learningRate: number): HeadRecipe => ({
    map,
    learns,
    hidden: [],
    outputSize: 0,
    loss,
    learningRate,
  });
  const random = (hidden: readonly number[], loss: LossRecipe): HeadRecipe => ({
    map: null,
    learns: "map",
    hidden,
    outputSize: RANDOM_SIZE,
    loss,
    learningRate: 1e-3,
  });
  const [first, second = first, third = first] = losses;
  const identity: MapRecipe = { form: "identity" };
  const usual = [
    from(best, "map", first, 3e-4),
    from(best, "residual", third, 1e-4),
    from(identity, "map", second, 1e-3),
    from(best, "map", third, 1e-4),
    from(best, "residual", first, 1e-3),
    from(best, "map", second, 1e-4),
    from(identity, "map", first, 1e-3),
    random([], first),
    random([256], first),
    from(best, "residual", second, 1e-4),
  ];
  const shaped = hidden === null ? usual : losses.map((loss) => random(hidden, loss));
  const all = learningRate === null ? shaped : shaped.map((recipe) => ({ ...recipe, learningRate }));
  const seen = new Set<string>();
  return all.filter((recipe) => {
    const key = JSON.stringify(recipe);
    return !seen.has(key) && seen.add(key);
  });
}
