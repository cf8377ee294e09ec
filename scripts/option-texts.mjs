// Reads the comment above each option in the records of losses, miners and samplers, for who shows them: the command.
import { fileURLToPath } from "node:url";
import ts from "typescript";

const index = fileURLToPath(new URL("../packages/kindred/src/index.ts", import.meta.url));

/** The text of every option, by class and name, of all exported classes that have a static description. */
export function optionTexts() {
  const program = ts.createProgram([index], {
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(index);
  const texts = {};
  for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(source))) {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (!(target.flags & ts.SymbolFlags.Class)) continue;
    const options = propertyType(checker, checker.getTypeOfSymbol(target), "description", "options");
    if (options === null) continue;
    texts[symbol.name] = Object.fromEntries(
      options.getProperties().map((option) => [option.name, textOf(option, checker)]),
    );
  }
  return texts;
}

/** The type of a property of a property; null where it is not there. */
function propertyType(checker, type, ...names) {
  let current = type;
  for (const name of names) {
    const property = current.getProperty(name);
    if (property === undefined) return null;
    current = checker.getTypeOfSymbol(property);
  }
  return current;
}

function textOf(option, checker) {
  return ts.displayPartsToString(option.getDocumentationComment(checker)).replace(/\s+/g, " ").trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(optionTexts(), null, 2));
