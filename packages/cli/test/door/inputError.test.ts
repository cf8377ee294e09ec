import { expect, it } from "vitest";
import { atTheDoor, InputError } from "../../src/door/inputError.ts";

const refusing = (error: Error) => () =>
  atTheDoor(() => {
    throw error;
  });

it("atTheDoor makes the refusals of what is called the user's to mend, and nothing else", () => {
  expect(atTheDoor(() => 3)).toBe(3);
  expect(refusing(new RangeError("m is 0"))).toThrow(new InputError("m is 0"));
  expect(refusing(new TypeError("no loss"))).toThrow(InputError);
  expect(refusing(new Error("broken"))).not.toThrow(InputError);
});
