import { createRequire } from "node:module";
import { dirname } from "node:path";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { setBackend } from "@tensorflow/tfjs-core";

/** Computes with TensorFlow.js's wasm backend from here on. */
export async function useWasmBackend(): Promise<void> {
  // its own module is CommonJS beside its .wasm files; both are in the package
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  await setBackend("wasm");
}
