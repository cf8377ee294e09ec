import type { Loss } from "../../losses/core/loss.ts";
import { Adam } from "../adam.ts";
import { type LearningPart, ProjectionHead } from "../heads/projectionHead.ts";
import { MlpModel } from "../mlpModel.ts";
import { type ClosedForms, mapTitle, type MapRecipe } from "./closedForms.ts";

/** A loss to be tried, by what it is called; it is made anew for each head. */
export interface LossRecipe {
  readonly name: string;
  /** @param classes labels of the rows trained on, distinct @param embeddingSize columns of the embeddings */
  readonly make: (classes: readonly unknown[], embeddingSize: number) => Loss;
}

/** How a head begins, what of it is trained, and how: all that its training follows from, data and seed aside. */
export interface HeadRecipe {
  /** What it begins as; null: random weights. */
  readonly map: MapRecipe | null;
  /** What is trained: the map, what is added to it, or nothing. A head of random weights is trained whole: "map". */
  readonly learns: LearningPart | "nothing";
  /** Hidden layers, of a head that begins at random. */
  readonly hidden: readonly number[];
  /** Columns of the embeddings, of a head that begins at random. */
  readonly outputSize: number;
  /** null: nothing is trained. */
  readonly loss: LossRecipe | null;
  readonly learningRate: number;
}

/** A head that can be trained and kept. */
export type HeadModel = ProjectionHead | MlpModel;

/** What is computed only. */
export function closedForm(map: MapRecipe): HeadRecipe {
  return { map, learns: "nothing", hidden: [], outputSize: 0, loss: null, learningRate: 0 };
}

/** The head at its beginning. */
export function beginHead(recipe: HeadRecipe, forms: ClosedForms, inputSize: number, seed: number): HeadModel {
  const { map, learns, hidden, outputSize, learningRate } = recipe;
  const optimizer = new Adam({ learningRate: learningRate || 1e-3 });
  if (map === null) return new MlpModel({ inputSize, hidden, outputSize, seed, optimizer });
  return new ProjectionHead({
    map: forms.map(map),
    learns: learns === "nothing" ? "map" : learns,
    seed,
    optimizer,
  });
}

const beginnings = { map: "linear from", residual: "residual MLP on", lowRank: "low rank on", nothing: "" } as const;

/** A recipe in words. */
export function recipeTitle({ map, learns, hidden, outputSize, loss, learningRate }: HeadRecipe): string {
  if (loss === null) return map === null ? "nothing" : mapTitle(map);
  const shape =
    map === null
      ? `${hidden.length > 0 ? `MLP ${[...hidden, outputSize].join(" > ")}` : `${outputSize} columns`} from random weights`
      : `${beginnings[learns]} ${mapTitle(map)}`;
  return `${shape}, ${loss.name}, lr ${learningRate}`;
}
