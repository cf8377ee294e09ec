import { ZeroMeanRegularizer } from "../../src/index.ts";
import { describeRegularizer } from "../support/regularizerContract.ts";

describeRegularizer("ZeroMeanRegularizer", [
  {
    title: "by default",
    make: (options) => new ZeroMeanRegularizer(options),
    twin: (x) => x.map((row) => Math.abs(row.reduce((sum, v) => sum + v, 0))),
  },
]);
