import ts from "typescript";
import { dirname, relative } from "../deps.ts";
import config from "../deno.json" with { type: "json" };
import { DENO_ON_NODE } from "./deno_on_node.ts";

/** A module that Node 22 runs, or the declarations of one. */
export interface ModuleForNode {
  readonly code: string;
  /** The modules of the package that it imports, relative to it. */
  readonly imports: readonly string[];
  /** The packages that it imports. */
  readonly packages: readonly string[];
}

/** Reads the source of the module, or a JSON document of the project. */
type Read = (json?: string) => string;

/**
 * Makes of a module one that Node 22 runs: its syntax, and `Deno` from where Node's
 * form has it. A JSON document becomes a module.
 *
 * @throws {RangeError} when it uses something of Deno that Node's form does not have
 */
export function moduleForNode(path: string, read: Read): ModuleForNode {
  if (path.endsWith(".json.js")) return documentModule(path, read);
  if (path.endsWith(".d.ts")) return declarations(read());
  const plain = transpiled(withoutMain(path, read()));
  const [newer] = plain.match(NEWER) ?? [];
  if (newer !== undefined) {
    throw new RangeError(`${path} uses ${newer}, which Node 22 lacks`);
  }
  const name = plain.match(/(?<![.\w"'`])Deno\./) === null
    ? ""
    : importOfDeno(path, plain);
  return linked(`${name}${plain}`);
}

/** What came to JavaScript after Node 22.3 and is no syntax. */
const NEWER =
  /\b(?:Promise\.try|RegExp\.escape|Error\.isError|Math\.sumPrecise|Iterator\.concat|(?:Async)?DisposableStack|Temporal)\b|\.(?:toBase64|fromBase64|toHex|fromHex|setFromBase64|setFromHex|getOrInsert|getOrInsertComputed)\(/;

/** Syntax that is newer than Node 22 is written out, types are left out. */
function transpiled(code: string): string {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      removeComments: true,
    },
  });
  return outputText
    .replace(/("[^"\n]+\.json)" with \{\s*type: "json"\s*\}/g, '$1.js"')
    .replace(
      /(from "\.[^"\n]*|import\("\.[^"\n]*|new URL\("\.[^"\n]*)\.ts"/g,
      '$1.js"',
    );
}

/** The command line is started by Deno alone. */
function withoutMain(path: string, code: string): string {
  if (path !== "mod.js") return code;
  const library = code.replace(/\nif \(import\.meta\.main\) \{[^]*$/, "\n");
  if (library !== code) return library;
  throw new RangeError("mod.ts does not end with what starts the command line");
}

function importOfDeno(path: string, code: string): string {
  const uses = code.matchAll(/(?<![.\w"'`])Deno\.(errors\.)?(\w+)/g);
  for (const [use, error, name = ""] of uses) {
    const has = error === undefined ? DENO_ON_NODE : DENO_ON_NODE.errors;
    if (name in has) continue;
    throw new RangeError(`${path} uses ${use}, which Node's form lacks`);
  }
  const from = relative(dirname(`/${path}`), "/npm/deno_on_node.js");
  return `import { Deno } from "${
    from.startsWith(".") ? from : `./${from}`
  }";\n`;
}

function documentModule(path: string, read: Read): ModuleForNode {
  const json = path.replace(/\.js$/, "");
  const document = json === "deno.json"
    ? { name: config.name, version: config.version }
    : JSON.parse(read(json));
  const code = `export default ${JSON.stringify(document)};\n`;
  return { code, imports: [], packages: [] };
}

/** Declarations name the module whose types they mean. */
function declarations(code: string): ModuleForNode {
  const { imports, packages } = linked(code);
  const typed = imports.map((path) => path.replace(/\.js$/, ".d.ts"));
  return { code, imports: typed, packages };
}

function linked(code: string): ModuleForNode {
  const { importedFiles } = ts.preProcessFile(code, true, true);
  const specifiers = [
    ...importedFiles.map(({ fileName }) => fileName),
    ...[...code.matchAll(/new URL\("(\.[^"]+\.js)", import\.meta\.url\)/g)]
      .map(([, specifier = ""]) => specifier),
  ];
  const isOurs = (specifier: string) => specifier.startsWith(".");
  return {
    code,
    imports: specifiers.filter(isOurs),
    packages: specifiers.filter((each) => !isOurs(each))
      .filter((each) => !each.startsWith("node:"))
      .map((each) => each.match(/^(?:@[^/]+\/)?[^/]+/)?.[0] ?? each),
  };
}
