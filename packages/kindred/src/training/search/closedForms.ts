import {
  type ClassSpectrum,
  classSpectrum,
  whitening,
  type WhiteningOptions,
} from "../../evaluation/projection/classSpectrum.ts";
import { discriminants } from "../../evaluation/projection/discriminants.ts";
import { identityMap, type LinearMap } from "../../evaluation/projection/linearMap.ts";
import { principalComponents, type PrincipalComponents } from "../../evaluation/projection/pca.ts";
import {
  stretched,
  whitenedComponents,
  type WhitenedComponents,
} from "../../evaluation/projection/whitenedComponents.ts";
import { columnMeans } from "../../matrix/columnMeans.ts";
import type { Label } from "../../matrix/labels.ts";
import { type Matrix, zeros } from "../../matrix/matrix.ts";

/** A linear map that is computed from data, not trained. */
export type MapRecipe =
  | { readonly form: "identity" }
  | { readonly form: "centering" }
  /** Each column brought to mean 0 and variance 1. */
  | { readonly form: "standard" }
  | { readonly form: "whitening"; readonly power: number; readonly shrinkage: number }
  | { readonly form: "principal"; readonly size: number }
  /** Principal components of whitened rows, each times its variance to the power `stretch`. */
  | {
      readonly form: "whitened components";
      readonly power: number;
      readonly shrinkage: number;
      readonly size: number;
      readonly stretch: number;
    }
  | { readonly form: "discriminants"; readonly size: number; readonly shrinkage: number };

/** The closed forms of one set of rows; what they share is computed once. */
export class ClosedForms {
  readonly #x: Matrix;
  readonly #labels: readonly Label[];
  readonly #maps = new Map<string, LinearMap>();
  readonly #ownSeconds = new Map<string, number>();
  #spectrumSeconds = 0;
  #spectrum: ClassSpectrum | null = null;
  #components: PrincipalComponents | null = null;
  readonly #whitened = new Map<string, WhitenedComponents>();

  constructor(x: Matrix, labels: readonly Label[]) {
    this.#x = x;
    this.#labels = labels;
  }

  /** The map of a recipe, computed once however many heads begin as it. */
  map(recipe: MapRecipe): LinearMap {
    const key = JSON.stringify(recipe);
    const known = this.#maps.get(key);
    if (known !== undefined) return known;
    const spectrumBefore = this.#spectrumSeconds;
    const [map, seconds] = timed(() => this.#compute(recipe));
    this.#maps.set(key, map);
    const own = seconds - (this.#spectrumSeconds - spectrumBefore);
    this.#ownSeconds.set(recipe.form, Math.max(own, this.#ownSeconds.get(recipe.form) ?? 0));
    return map;
  }

  /** About how long a map of this kind takes to be computed anew, of those that were. */
  seconds({ form }: MapRecipe): number {
    const ofSpectrum = form === "whitening" || form === "whitened components" || form === "discriminants";
    return (ofSpectrum ? this.#spectrumSeconds : 0) + (this.#ownSeconds.get(form) ?? 0);
  }

  #compute(recipe: MapRecipe): LinearMap {
    const { cols } = this.#x;
    switch (recipe.form) {
      case "identity":
        return identityMap(cols);
      case "centering":
        return { ...identityMap(cols), mean: columnMeans(this.#x) };
      case "standard":
        return standardMap(this.#x);
      case "whitening":
        return whitening(this.spectrum, recipe);
      case "principal":
        return principalMap(this.#principal(recipe.size), recipe.size);
      case "whitened components":
        return stretched(this.#whitenedComponents(recipe), recipe);
      case "discriminants":
        return discriminants(this.spectrum, recipe.size, recipe);
    }
  }

  /** At least so many components; computed anew only where more are asked for than before. */
  #principal(size: number): PrincipalComponents {
    if (this.#components === null || this.#components.components.rows < size)
      this.#components = principalComponents(this.#x, size);
    return this.#components;
  }

  /** As with principal components. */
  #whitenedComponents(recipe: Required<WhiteningOptions> & { readonly size: number }): WhitenedComponents {
    const { power, shrinkage, size } = recipe;
    const key = JSON.stringify([power, shrinkage]);
    const known = this.#whitened.get(key);
    if (known !== undefined && known.directions.cols >= size) return known;
    const found = whitenedComponents(this.spectrum, size, { power, shrinkage });
    this.#whitened.set(key, found);
    return found;
  }

  get spectrum(): ClassSpectrum {
    if (this.#spectrum === null)
      [this.#spectrum, this.#spectrumSeconds] = timed(() => classSpectrum(this.#x, this.#labels));
    return this.#spectrum;
  }
}

function timed<T>(work: () => T): [T, number] {
  const began = performance.now();
  const result = work();
  return [result, (performance.now() - began) / 1000];
}

/** A recipe in words. */
export function mapTitle(recipe: MapRecipe): string {
  switch (recipe.form) {
    case "identity":
      return "the vectors as they are";
    case "centering":
      return "centering";
    case "standard":
      return "columns of one spread";
    case "whitening":
      return `whitening (power ${recipe.power}, shrinkage ${recipe.shrinkage})`;
    case "principal":
      return `${recipe.size} principal components`;
    case "whitened components": {
      const { power, shrinkage, size, stretch } = recipe;
      const how = `power ${power}, shrinkage ${shrinkage}${stretch > 0 ? `, stretched by variance^${stretch}` : ""}`;
      return `${size} components after whitening (${how})`;
    }
    case "discriminants":
      return `${recipe.size} discriminants (shrinkage ${recipe.shrinkage})`;
  }
}

function standardMap(x: Matrix): LinearMap {
  const { rows, cols, data } = x;
  const mean = columnMeans(x);
  const squares = new Float64Array(cols);
  for (let i = 0, k = 0; i < rows; i++) for (let j = 0; j < cols; j++, k++) squares[j] += (data[k] - mean[j]) ** 2;
  const weights = zeros(cols, cols);
  for (let j = 0; j < cols; j++) weights.data[j * cols + j] = squares[j] > 0 ? Math.sqrt(rows / squares[j]) : 1;
  return { mean, weights };
}

function principalMap({ mean, components }: PrincipalComponents, size: number): LinearMap {
  const { cols } = components;
  const weights = zeros(cols, size);
  for (let c = 0; c < size; c++)
    for (let j = 0; j < cols; j++) weights.data[j * size + c] = components.data[c * cols + j];
  return { mean, weights };
}
