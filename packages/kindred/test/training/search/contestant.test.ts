import { expect, it } from "vitest";
import { MlpModel, MPerClassSampler, SGD, SupConLoss, Trainer } from "../../../src/index.ts";
import { Contestant } from "../../../src/training/search/contestant.ts";
import { goodnessOf } from "../../../src/training/search/goodness.ts";
import { closedForm } from "../../../src/training/search/headRecipe.ts";
import { blobs } from "../fixtures.ts";

it("a head whose training makes NaN or an infinity rests, and keeps the best that it was", async () => {
  const data = blobs(4, 8, 6, 1);
  const head = new MlpModel({ inputSize: 6, outputSize: 4, optimizer: new SGD({ learningRate: 1e38 }) });
  const sampler = new MPerClassSampler(data.labels, { m: 4, batchSize: 16 });
  const trainer = new Trainer({ model: head, loss: new SupConLoss(), sampler, data });
  const contestant = new Contestant(closedForm({ form: "identity" }), { head, trainer }, (judged) =>
    goodnessOf({ query: judged.embed(data.inputs), queryLabels: data.labels, reference: null, referenceLabels: null }),
  );
  const { best } = contestant;
  await contestant.advanceTo(1000, null);
  expect(contestant.isAtRest).toBe(true);
  expect(contestant.steps).toBeLessThan(20);
  expect(contestant.best.step).toBe(0);
  expect(contestant.best).toBe(best);
});
