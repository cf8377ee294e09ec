import type { Takes } from "../../batch/takes.ts";
import type { Distance } from "../../distances/distance.ts";
import type { OptionArguments } from "../../options/option.ts";
import type { ComparingOptionRecord } from "./lossOptions.ts";
import { MetricLoss } from "./metricLoss.ts";

/** A loss that compares embeddings by a distance. */
export abstract class ComparingLoss<
  R extends ComparingOptionRecord = ComparingOptionRecord,
  T extends Takes = Takes,
> extends MetricLoss<R, T> {
  readonly distance: Distance;

  constructor(...given: OptionArguments<R>) {
    super(...given);
    this.distance = (this.options as unknown as { readonly distance: Distance }).distance;
  }
}
