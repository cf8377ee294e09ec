import stringWidth from "string-width";
import { expect, it } from "vitest";
import { progressLine } from "../../src/terminal/progressLine.ts";

const fields = ["120/300 steps", "12 s left", "loss 0.123", "live anchors 33 %"];

it("a line of progress has the bar and all fields where there is room", () => {
  expect(progressLine(0.4, fields, 90)).toBe(
    "  █████████▋░░░░░░░░░░░░░░ 120/300 steps | 12 s left | loss 0.123 | live anchors 33 %",
  );
});

it("a line of progress shortens its bar, then leaves fields out, then the bar", () => {
  expect(progressLine(0.4, fields, 75)).toBe(
    "  █████▋░░░░░░░░ 120/300 steps | 12 s left | loss 0.123 | live anchors 33 %",
  );
  expect(progressLine(0.4, fields, 60)).toBe("  ███████▋░░░░░░░░░░░ 120/300 steps | 12 s left | loss 0.123");
  expect(progressLine(0.4, fields, 24)).toBe("  ███▎░░░░ 120/300 steps");
  expect(progressLine(0.4, fields, 20)).toBe("  120/300 steps");
  expect(progressLine(0.4, fields, 8)).toBe("  120/3…");
  for (let width = 2; width < 100; width++)
    expect(stringWidth(progressLine(0.4, fields, width))).toBeLessThanOrEqual(width);
});
