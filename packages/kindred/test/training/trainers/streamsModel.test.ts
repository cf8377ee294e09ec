import { expect, test } from "vitest";
import { sideBySide } from "../../../src/matrix/columns.ts";
import { ComposedModel } from "../../../src/training/trainers/composedModel.ts";
import { StreamsModel } from "../../../src/training/trainers/streamsModel.ts";
import { randomMatrix } from "../fixtures.ts";
import { linearModel } from "./fixtures.ts";

const all = (): boolean => true;
const [one, other] = [randomMatrix(4, 3, 1), randomMatrix(4, 3, 2)];
const slopes = randomMatrix(4, 4, 3);

test("embeds both halves of each row by the same models, side by side", () => {
  const models = { trunk: linearModel(3, 2, 1) };
  const streams = new StreamsModel(models, all);
  const plain = new ComposedModel(models, all);
  expect(streams.embed(sideBySide([one, other]))).toEqual(sideBySide([plain.embed(one), plain.embed(other)]));
  expect(streams.first).toEqual({ start: 0, end: 2 });
});

test("pulls the slopes of both halves back, by backward as by learn", () => {
  const [trunks, inputs] = [[1, 1].map((seed) => linearModel(3, 2, seed)), sideBySide([one, other])];
  const [first, second] = trunks.map((trunk) => new StreamsModel({ trunk }, all));
  first.embed(inputs, true);
  first.backward(slopes);
  second.learn(inputs, () => slopes);
  expect(trunks[0].gradients).toEqual(trunks[1].gradients);
  const bias = [0, 1].map((j) =>
    [0, 1, 2, 3].reduce((sum, i) => sum + slopes.data[4 * i + j] + slopes.data[4 * i + 2 + j], 0),
  );
  bias.forEach((slope, j) => expect(trunks[0].gradients["bias0"].data[j]).toBeCloseTo(slope, 5));
});
