import type { Distance } from "../../distances/distance.ts";
import type { NeededDistance } from "../../distances/distanceOption.ts";
import { describe } from "../../matrix/checks.ts";
import type { Random } from "../../matrix/random.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number, option, seed, wholeNumber } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import type { Reducer } from "../../reducers/reducer.ts";
import { regularizerOption } from "../../regularizers/regularizerOption.ts";
import { comparingOptions, type ComparingOptionRecord } from "../core/lossOptions.ts";
import { classesOption } from "../logits/classIndex.ts";

const classVectors = {
  /** How many classes there are, >= 1. Required. */
  numClasses: wholeNumber({ atLeast: 1 }),
  /** The width of the embeddings, >= 1. Required. */
  embeddingSize: wholeNumber({ atLeast: 1 }),
  /** The label of each class. Default null: labels are 0 .. numClasses - 1. */
  classes: classesOption(),
  /** A penalty on the class vectors, taken as rows. Default null: none. */
  weightRegularizer: regularizerOption(),
  /** What the penalty is multiplied by. Default 1. */
  weightRegWeight: number({ default: 1 }),
  /** Draws an entry of the class vectors. Default null: as the loss says. */
  weightInit: option("a function of random numbers", null, readInit),
  /** Of the random numbers that class vectors are drawn with. Default 0. */
  seed: seed(),
};

type ClassVectorOptions = typeof classVectors;

/** The options of a loss with class vectors. */
export interface ClassificationOptionRecord<D extends Distance = Distance>
  extends ComparingOptionRecord<D>, ClassVectorOptions {}

/**
 * What every loss with learned class vectors can be told.
 *
 * @param distance, reducer the loss's own defaults
 * @param needed which distances its formula has a meaning for; default: any
 */
export function classificationOptions<D extends Distance = Distance>(
  distance: D,
  reducer: Reducer,
  needed?: NeededDistance<D>,
): ClassificationOptionRecord<D> {
  return extendOptions(comparingOptions(distance, reducer, needed), classVectors);
}

/** What every loss with learned class vectors can be told. */
export type ClassificationLossOptions = OptionsGiven<ClassificationOptionRecord>;

type Init = (random: Random) => number;

function readInit(given: unknown, name: string): Init | null {
  if (typeof given !== "function")
    throw new TypeError(`${name} is ${describe(given)}; give a function such as (random) => random.normal()`);
  return given as Init;
}
