// Finds exports of packages/*/src and of the tests' support that no other file imports. What an entry point of a package
// exports is used. Exports that tests alone import are no fault; `--tests` lists them.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = readdirSync(join(root, "packages"));
const files = packages
  .flatMap((name) => ["src", "test"].map((part) => join(root, "packages", name, part)))
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)))
  .filter((file) => /\.c?ts$/.test(file) && !file.endsWith(".generated.ts"))
  // the kernels' own language, and a project that stands for one outside
  .filter((file) => !file.includes(join("kernels", "assembly")) && !file.includes(join("test", "package", "outside")));
const entries = new Set(packages.flatMap(entriesOf));

/** Which files import a name of a file, by `file name`; the name is * where any may be meant. */
const importers = new Map();
/** Exports: where each name is declared. */
const exported = [];
for (const file of files) read(file);

const unused = [];
const testOnly = [];
for (const { file, name, line } of exported) {
  if (entries.has(file)) continue;
  const users = [...(importers.get(`${file} ${name}`) ?? []), ...(importers.get(`${file} *`) ?? [])];
  const place = `${file.slice(root.length)}:${line} ${name}`;
  if (users.length === 0) unused.push(place);
  else if (!isTest(file) && users.every(isTest)) testOnly.push(place);
}

if (process.argv.includes("--tests"))
  console.log([`${testOnly.length} exports for tests alone`, ...testOnly].join("\n"));
for (const place of unused) console.error(`${place}: exported, and imported by no other file`);
process.exit(unused.length > 0 ? 1 : 0);

/** The sources of what package.json exports. */
function entriesOf(name) {
  const folder = join(root, "packages", name);
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return Object.values(exports)
    .flatMap((target) => (typeof target === "string" ? [] : [target.default]))
    .map((path) => join(folder, path.replace("./dist/", "src/").replace(/\.js$/, ".ts")));
}

function isTest(file) {
  return file.slice(root.length).split(sep)[2] === "test";
}

/** Notes what a file exports, and what it imports from others. */
function read(file) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const lineOf = (node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const noteExport = (node) => exported.push({ file, name: node.text, line: lineOf(node) });
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) readImport(file, statement);
    else if (ts.isImportEqualsDeclaration(statement)) readRequire(file, statement);
    else if (ts.isExportDeclaration(statement)) readExport(file, statement, noteExport);
    else if (statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) {
      if (ts.isVariableStatement(statement))
        for (const { name } of statement.declarationList.declarations) forEachName(name, noteExport);
      else if (statement.name) noteExport(statement.name);
    }
  }
  // import("./x.ts"), as a value and as a type: any of its names may be meant
  const walk = (node) => {
    const isCall = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
    const argument = isCall ? node.arguments[0] : ts.isImportTypeNode(node) ? node.argument.literal : undefined;
    if (argument && ts.isStringLiteralLike(argument)) noteUse(file, argument.text, "*");
    ts.forEachChild(node, walk);
  };
  walk(source);
}

function readImport(file, { moduleSpecifier, importClause }) {
  const bindings = importClause?.namedBindings;
  if (bindings && ts.isNamedImports(bindings))
    for (const { name, propertyName } of bindings.elements)
      noteUse(file, moduleSpecifier.text, (propertyName ?? name).text);
  else if (bindings) noteUse(file, moduleSpecifier.text, "*");
}

/** import x = require("./x.ts"): any of its names may be meant. */
function readRequire(file, { moduleReference }) {
  if (ts.isExternalModuleReference(moduleReference)) noteUse(file, moduleReference.expression.text, "*");
}

function readExport(file, { moduleSpecifier, exportClause }, noteExport) {
  if (exportClause === undefined) return void noteUse(file, moduleSpecifier.text, "*");
  if (!ts.isNamedExports(exportClause)) return void noteUse(file, moduleSpecifier.text, "*");
  for (const { name, propertyName } of exportClause.elements) {
    noteExport(name);
    if (moduleSpecifier) noteUse(file, moduleSpecifier.text, (propertyName ?? name).text);
  }
}

function noteUse(file, specifier, name) {
  if (!specifier.startsWith(".")) return;
  const key = `${resolve(dirname(file), specifier)} ${name}`;
  importers.set(key, [...(importers.get(key) ?? []), file]);
}

/** The names of a declaration, taken apart where it is a pattern. */
function forEachName(name, visit) {
  if (ts.isIdentifier(name)) visit(name);
  else for (const element of name.elements) if (element.name) forEachName(element.name, visit);
}
