import { readFileSync } from "node:fs";

/** How a run of the program came about. */
export interface RunNote {
  /** As it was typed, quoted for a shell where it takes quotes. */
  readonly commandLine: string;
  /** Of this program and of Node. */
  readonly version: string;
  readonly date: Date;
}

/** Notes how a run came about. @param args the command line, without the program's name */
export function runNote(args: readonly string[]): RunNote {
  return {
    commandLine: ["kindred", ...args.map(quoted)].join(" "),
    version: `kindred-cli ${version()}, Node ${process.versions.node}`,
    date: new Date(),
  };
}

/** The version of this package. */
export function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function quoted(argument: string): string {
  return /^[\w./:=,@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
