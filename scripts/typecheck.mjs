// Type checks the sources as they are built, and then the tests with them.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
let failed = false;
for (const args of [
  ["-b", "packages/kindred", "packages/cli"],
  ["-p", "tsconfig.test.json"],
]) {
  const { status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", ...args], {
    cwd: root,
    stdio: "inherit",
  });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
