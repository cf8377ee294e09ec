import { SumReducer } from "../../src/index.ts";
import { describeReducer } from "../support/reducerContract.ts";

describeReducer("SumReducer", { make: () => new SumReducer() });
