import { advise, SupConLoss } from "kindred";
import { expect, it } from "vitest";
import { countsOf, labelsOf, paste, unevenSizes } from "./prescribe.ts";

it("the remedy watch-the-loss comes last, and its trainer has a monitor that says when steps are silent", async () => {
  const sizes = unevenSizes(80, 12);
  const said: string[] = [];
  const { remedies } = advise(countsOf(sizes), { batchSize: 8, loss: new SupConLoss() });
  const { name, code, before, after } = remedies.at(-1)!;
  expect(name).toBe("watch-the-loss");
  expect(after).toEqual(before);
  const watched = code.replace("new LossMonitor()", "new LossMonitor({ onFinding: (f) => loss.tell(f.name) })");
  expect(watched).not.toBe(code);
  const loss = Object.assign(new SupConLoss({ whenSilent: "ignore" }), { tell: (text: string) => said.push(text) });
  const { trainer } = paste(watched, labelsOf(sizes), loss);
  await trainer!.train({ steps: 60 });
  expect(said.length).toBeGreaterThan(0);
});
