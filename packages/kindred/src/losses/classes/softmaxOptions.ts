import type { Distance } from "../../distances/distance.ts";
import type { NeededDistance } from "../../distances/distanceOption.ts";
import { describe } from "../../matrix/checks.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { option, wholeNumber } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import type { ClassWeights } from "../../reducers/classWeightedReducer.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { classificationOptions, type ClassificationOptionRecord } from "./classificationOptions.ts";

const rivals = {
  /**
   * What the loss of an embedding is multiplied by, for its class: a list in the order of the classes, or a Map from the
   * label. The reducer comes after it: the mean is over embeddings, not over weights. Default null: 1 for each.
   */
  classWeights: option("one number a class, as a list or a Map", null, readWeights),
  /**
   * How many classes are drawn for a batch as rivals, besides the classes that are in it, >= 1; the rest have no part in
   * the batch. Default null: all classes are rivals.
   */
  sampledClasses: wholeNumber({ default: null, atLeast: 1 }),
};

type RivalOptions = typeof rivals;

/** The options of a softmax over class vectors. */
export interface SoftmaxOptionRecord<D extends Distance = Distance>
  extends ClassificationOptionRecord<D>, RivalOptions {}

/**
 * What every softmax over class vectors can be told.
 *
 * @param distance the loss's own default
 * @param needed which distances its formula has a meaning for; default: any
 */
export function softmaxOptions<D extends Distance = Distance>(
  distance: D,
  needed?: NeededDistance<D>,
): SoftmaxOptionRecord<D> {
  return extendOptions(classificationOptions(distance, new MeanReducer(), needed), rivals);
}

/** What every softmax over class vectors can be told. */
export type SoftmaxLossOptions = OptionsGiven<SoftmaxOptionRecord>;

function readWeights(given: unknown, name: string): ClassWeights | null {
  if (typeof given !== "object" || given === null)
    throw new TypeError(`${name} is ${describe(given)}; give one number a class, as a list or a Map`);
  return given as ClassWeights;
}
