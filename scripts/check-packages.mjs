// Checks what would be published, without publishing it: every file that package.json names is in it, and no source map
// without its source, no build record and no test.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const faults = readdirSync(join(root, "packages")).flatMap(faultsOf);
for (const fault of faults.slice(0, 20)) console.error(fault);
if (faults.length > 20)
  console.error(`... and ${faults.length - 20} more; npm run build:fresh leaves nothing of earlier builds`);
process.exit(faults.length > 0 ? 1 : 0);

function faultsOf(name) {
  const folder = join(root, "packages", name);
  const files = packedFiles(folder);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const missing = [...namedFiles(manifest), "README.md", "LICENSE"].filter((file) => !files.has(file));
  const unwanted = [...files].filter((file) => /\.tsbuildinfo$|\.test\.|^test\//.test(file));
  const lost = [...files].filter((file) => file.endsWith(".map")).filter((map) => !hasItsSources(folder, map, files));
  const dangling = [...files]
    .filter((file) => /\.[jt]s$/.test(file))
    .filter((file) => {
      const [, map] = /^\/\/# sourceMappingURL=(?!data:)(.+)$/m.exec(readFileSync(join(folder, file), "utf8")) ?? [];
      return map !== undefined && !files.has(join(dirname(file), map));
    });
  console.log(`${manifest.name}: ${files.size} files`);
  return [
    ...missing.map((file) => `${manifest.name} lacks ${file}`),
    ...unwanted.map((file) => `${manifest.name} holds ${file}`),
    ...lost.map((file) => `${manifest.name}: the sources of ${file} are not published`),
    ...dangling.map((file) => `${manifest.name}: ${file} names a source map that is not published`),
  ];
}

/** The files that `npm pack` would put into the package. */
function packedFiles(folder) {
  const { status, stdout, stderr } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm pack failed in ${folder}: ${stderr}`);
  return new Set(JSON.parse(stdout)[0].files.map(({ path }) => path));
}

/** What package.json promises: entry points, types and commands. */
function namedFiles({ main, types, bin = {}, exports }) {
  const targets = (entry) => (typeof entry === "string" ? [entry] : Object.values(entry).flatMap(targets));
  return [main, types, ...Object.values(bin), ...targets(exports)].map((path) => path.replace(/^\.\//, ""));
}

function hasItsSources(folder, map, files) {
  const { sources, sourcesContent } = JSON.parse(readFileSync(join(folder, map), "utf8"));
  return sources.every((source, k) => sourcesContent?.[k] || files.has(join(dirname(map), source)));
}
