import { CoSENTLoss } from "../../../src/index.ts";
import { describeGradedLoss } from "../../support/graded.ts";

describeGradedLoss("CoSENTLoss", {
  make: (options) => new CoSENTLoss(options),
  similarity: (x, y) => x.reduce((sum, v, k) => sum + v * y[k], 0) / (Math.hypot(...x) * Math.hypot(...y)),
});
