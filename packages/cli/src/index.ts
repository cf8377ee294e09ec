export { readNpyMatrix } from "./data/npyFile.ts";
export { loadHead } from "./head/headFolder.ts";
export { InputError } from "./inputError.ts";
export { run } from "./run.ts";
