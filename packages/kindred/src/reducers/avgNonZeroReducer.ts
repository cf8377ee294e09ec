import { ThresholdReducer } from "./thresholdReducer.ts";

/** The mean of the item losses above 0; 0 when there are none. */
export class AvgNonZeroReducer extends ThresholdReducer {
  override readonly name = "AvgNonZeroReducer";

  constructor() {
    super({ low: 0 });
  }
}
