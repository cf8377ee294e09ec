// Checks what only GitHub runs, as far as that can be done here: all YAML parses, workflows and issue forms have the shape
// that GitHub asks for, and each npm script and file that a workflow calls is there.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";

const root = fileURLToPath(new URL("..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folders = { ".github/workflows": faultsOfWorkflow, ".github/ISSUE_TEMPLATE": faultsOfForm };
const faults = Object.entries(folders).flatMap(([folder, faultsOf]) =>
  readdirSync(join(root, folder)).flatMap((name) => {
    const document = parseDocument(readFileSync(join(root, folder, name), "utf8"));
    const wrong = [...document.errors, ...document.warnings].map(({ message }) => message);
    const found = wrong.length > 0 ? wrong : faultsOf(document.toJS(), name);
    return found.map((fault) => `${folder}/${name}: ${fault}`);
  }),
);
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);

function faultsOfWorkflow({ on, jobs }) {
  if (on === undefined || jobs === undefined) return ["lacks on or jobs"];
  return Object.entries(jobs).flatMap(([job, { "runs-on": machine, steps }]) => {
    if (machine === undefined || !Array.isArray(steps)) return [`job ${job} lacks runs-on or steps`];
    return steps.flatMap((step) => {
      if ((step.uses === undefined) === (step.run === undefined))
        return [`a step of ${job} has not one of uses and run`];
      if (step.uses !== undefined && !/^[\w.-]+\/[\w./-]+@[\w.-]+$/.test(step.uses)) return [`uses ${step.uses}`];
      return [step.run, ...Object.values(step.with ?? {})]
        .filter((text) => typeof text === "string")
        .flatMap(faultsOfShell);
    });
  });
}

/** npm scripts and files that a command line calls and that are not there. */
function faultsOfShell(text) {
  const called = [...text.matchAll(/\bnpm (?:run (?:--\S+ )*([\w:-]+)|(test|start)\b)/g)].map(
    ([, run, short]) => run ?? short,
  );
  const files = [...text.matchAll(/(?:^|\s)(\.ci\/\S+|scripts\/\S+|tsconfig\S*\.json)/g)].map(([, file]) => file);
  return [
    ...called.filter((name) => !(name in scripts)).map((name) => `package.json has no script ${name}`),
    ...files.filter((file) => !existsSync(join(root, file))).map((file) => `there is no ${file}`),
  ];
}

function faultsOfForm({ name, description, body, blank_issues_enabled: isOpen }, file) {
  if (file === "config.yml")
    return typeof isOpen === "boolean" ? [] : ["does not say whether blank issues are allowed"];
  if (!name || !description || !Array.isArray(body)) return ["lacks name, description or body"];
  const ids = body.flatMap(({ id }) => id ?? []);
  return [
    ...body
      .filter(({ type }) => !["markdown", "input", "textarea", "dropdown", "checkboxes"].includes(type))
      .map(({ type }) => `has a field of type ${type}`),
    ...body
      .filter(({ type, attributes }) => !(type === "markdown" ? attributes?.value : attributes?.label))
      .map(({ id, type }) => `the field ${id ?? type} has no text`),
    ...ids.filter((id, k) => ids.indexOf(id) !== k).map((id) => `has two fields ${id}`),
  ];
}
