// @module-tag long
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../support/bundle.ts";

/** What a program tells of the place where it runs. */
interface Told {
  /** Done without kernels. */
  readonly advised: boolean;
  readonly sampled: number;
  /** The loss of one batch, or the error's name and message. */
  readonly loss: number | string;
  readonly threads: number;
  readonly reason: string | null;
}

const program = `
  const { advise, KernelsError, MPerClassSampler, setThreads, SupConLoss } = kindred;
  const labels = Array.from({ length: 700 }, (_, i) => i % 40);
  const data = Float32Array.from({ length: 700 * 96 }, (_, i) => Math.sin(i * i));
  const lossOf = () => {
    try {
      return new SupConLoss().evaluate({ data, rows: 700, cols: 96 }, labels).value;
    } catch (error) {
      return (error instanceof KernelsError) + " " + error.message;
    }
  };
  const advised = advise(new Array(1000).fill(2), { batchSize: 8, loss: new SupConLoss() }).remedies.length > 0;
  const sampled = new MPerClassSampler(labels, { m: 2, batchSize: 8 }).epoch().next().value.length;
  const before = lossOf();
  globalThis.tell = setThreads(3).then((answer) => {
    const loss = lossOf();
    return { advised, sampled, loss: before === loss ? loss : "other bits", ...answer };
  });
  if (globalThis.process) tell.then((told) => process.stdout.write(JSON.stringify(told)));
`;

const folder = mkdtempSync(join(tmpdir(), "kindred-surroundings-"));
const file = join(folder, "program.cjs");
let script = "";

beforeAll(async () => {
  script = await bundle(program);
  writeFileSync(file, script);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the program in a Node of its own, with flags for it, under a limit that a shell sets. */
function runInNode(flags: readonly string[], limit?: string): Told {
  const [program, args] =
    limit === undefined
      ? [process.execPath, [...flags, file]]
      : ["sh", ["-c", `${limit} && exec "$0" "$@"`, process.execPath, ...flags, file]];
  const { stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Told;
}

/** Runs the program where there is no Node: in a page or Worker whose globals are these. */
async function runInPage(globals: object, wasm = true): Promise<Told> {
  const page = createContext(
    { atob, console: { warn: () => {} }, setTimeout, ...globals },
    { codeGeneration: { strings: false, wasm } },
  );
  return (await runInContext(`${script};tell`, page)) as Told;
}

const aNumber: unknown = expect.any(Number);
const textWith = (part: string): unknown => expect.stringContaining(part);
const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const isLinux = process.platform === "linux";

describe("the library, bundled for a server", () => {
  it("has threads, and the bits of one", () => {
    expect(runInNode([])).toEqual({ advised: true, sampled: 8, loss: aNumber, threads: 3, reason: null });
  });

  it.runIf(isLinux)("works alone under Node's permission model, and names the flag that allows threads", () => {
    const flag = process.allowedNodeEnvironmentFlags.has("--permission") ? "--permission" : "--experimental-permission";
    const told = runInNode(["--no-warnings", flag, `--allow-fs-read=${folder}`]);
    expect(told).toMatchObject({ loss: aNumber, threads: 1, reason: textWith("--allow-worker") });
  });

  // Node takes 0.7 GB of addresses, a memory of the kernels 10 GB; the second one is shared
  it.runIf(isLinux).each([
    { gigabytes: 12, threads: 1, reason: /reserves 10 GB of addresses/ },
    { gigabytes: 21.3, threads: 1, reason: /too few addresses are left/ },
    { gigabytes: 22.3, threads: 2, reason: /too few addresses are left/ },
  ])(
    "comes to $threads of 3 threads where it may have $gigabytes GB of addresses",
    ({ gigabytes, threads, reason }) => {
      const told = runInNode([], `ulimit -v ${Math.round(gigabytes * 2 ** 20)}`);
      expect(told).toMatchObject({ loss: aNumber, threads, reason: textLike(reason) });
    },
  );

  it.runIf(isLinux)("computes nothing where memory cannot be reserved, says what to do, and that helps", () => {
    const told = runInNode([], `ulimit -v ${3 * 2 ** 20}`);
    expect(told).toMatchObject({ advised: true, sampled: 8, threads: 1, reason: textLike(/10 GB of addresses/) });
    expect(told.loss).toMatch(/^true no memory for the kernels: .* NODE_OPTIONS=--disable-wasm-trap-handler/);
    const helped = runInNode(["--disable-wasm-trap-handler"], `ulimit -v ${3 * 2 ** 20}`);
    expect(helped).toMatchObject({ loss: aNumber, threads: aNumber });
  });

  it.each([
    { flag: "--jitless", sentence: /^true .*WebAssembly, which is switched off or missing here/ },
    ...(process.arch === "x64"
      ? [{ flag: "--no-enable-sse4-1", sentence: /^true the WebAssembly here has no SIMD/ }]
      : []),
  ])("does what needs no kernels with $flag, and says what a loss is missing", ({ flag, sentence }) => {
    const told = runInNode([flag]);
    expect(told).toMatchObject({ advised: true, sampled: 8, threads: 1 });
    expect(told.loss).toMatch(sentence);
    expect(`true ${told.reason}`).toBe(told.loss);
  });
});

describe("the library, bundled for a page", () => {
  it("names the directive where a Content-Security-Policy forbids WebAssembly, and does what needs none", async () => {
    const told = await runInPage({}, false);
    expect(told).toMatchObject({ advised: true, sampled: 8, threads: 1 });
    expect(told.loss).toMatch(/^true WebAssembly must not be compiled here: .* script-src 'wasm-unsafe-eval'$/);
  });

  it("works alone where there are no Workers", async () => {
    expect(await runInPage({})).toMatchObject({ loss: aNumber, threads: 1, reason: "there are no Workers here" });
  });

  it("works alone in a page that is not cross-origin isolated, and names the headers", async () => {
    const { threads, reason } = await runInPage({ Worker: class {}, crossOriginIsolated: false });
    expect(threads).toBe(1);
    expect(reason).toMatch(/Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp$/);
  });

  it("works alone on a page's main thread, which must not wait", async () => {
    const wait = (): never => {
      throw new TypeError("Atomics.wait cannot be called in this context");
    };
    const { threads, reason } = await runInPage({
      Worker: class {},
      crossOriginIsolated: true,
      Atomics: { ...Atomics, wait },
    });
    expect({ threads, reason }).toEqual({ threads: 1, reason: textWith("call setThreads in a Worker") });
  });

  it.each(["throws", "fails"])(
    "works alone where a Worker of a blob: address %s, and names the directive",
    async (how) => {
      class Refused {
        onerror: ((event: object) => void) | null = null;
        constructor() {
          if (how === "throws") throw new Error("SecurityError");
          setTimeout(() => this.onerror?.({ preventDefault: () => {}, message: undefined }), 1);
        }
        postMessage(): void {}
        terminate(): void {}
      }
      const told = await runInPage({ Worker: Refused, crossOriginIsolated: true, URL, Blob });
      expect(told).toMatchObject({ loss: aNumber, threads: 1, reason: textWith("worker-src blob:") });
    },
  );
});
