export { readNpyMatrix } from "./tables/npy/npyFile.ts";
export { loadHead } from "./head/headFolder.ts";
export { InputError } from "./door/inputError.ts";
export { run } from "./run.ts";
