import { MeanReducer } from "../../src/index.ts";
import { describeReducer } from "../support/reducerContract.ts";

describeReducer("MeanReducer", { make: () => new MeanReducer() });
