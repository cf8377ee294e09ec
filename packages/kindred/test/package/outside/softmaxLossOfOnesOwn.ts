// A loss with a vector a class, as somebody writes it who has nothing but the package: softmax with a temperature and a margin.
import {
  classNeeds,
  classTakes,
  CosineSimilarity,
  describeLoss,
  extendOptions,
  normalColumns,
  number,
  PlainLogits,
  SoftmaxLoss,
  softmaxOptions,
  type ClassVectorShape,
  type LogitRows,
} from "kindred";

const options = extendOptions(softmaxOptions(new CosineSimilarity()), {
  /** What cosines are divided by, > 0. Default 0.1. */
  temperature: number({ default: 0.1, above: 0 }),
});

/** L_i = -log softmax_y(cos / temperature) */
export class TemperedSoftmaxLoss extends SoftmaxLoss<typeof options> {
  static readonly description = describeLoss({
    name: "TemperedSoftmaxLoss",
    family: "classes",
    summary: "The own class should win the softmax.",
    paper: "none",
    takes: classTakes,
    needs: classNeeds,
    subLosses: { loss: "element" },
    options,
    example: ({ embeddingSize, numClasses }) => ({ embeddingSize, numClasses }),
  });

  protected shape(): ClassVectorShape {
    return normalColumns("W");
  }

  protected logitRows(): LogitRows {
    return new PlainLogits(1 / this.options.temperature);
  }
}
