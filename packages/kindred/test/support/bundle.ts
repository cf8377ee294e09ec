import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const library = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

/**
 * The library and a program on it as one script, as a bundler makes it of a server or a page.
 *
 * @param program statements; `kindred` is the library
 */
export async function bundle(program: string): Promise<string> {
  const entry = "program.js";
  const bundled = await rolldown({
    input: entry,
    platform: "neutral",
    treeshake: false,
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? `import * as kindred from ${JSON.stringify(library)};\n${program}` : null),
      },
    ],
  });
  const { output } = await bundled.generate({ format: "iife" });
  await bundled.close();
  return output[0].code;
}
