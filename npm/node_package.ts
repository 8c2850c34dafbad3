import config from "../deno.json" with { type: "json" };

/** The `package.json` that `deno pack` makes, as far as it is used. */
export interface PackedPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<
    Record<string, { readonly types: string; readonly default: string }>
  >;
  /** Ranges by name; each begins at the one version that the source names. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The oldest Node that has what the modules use and is tested. */
const NODE = ">=22.3";

/** The text of the `package.json`, with the packages that are used, at exact versions. */
export function nodePackage(
  { name, version, license, exports, dependencies }: PackedPackage,
  used: ReadonlySet<string>,
): string {
  const exact = [...used].sort().map((each) =>
    [each, exactly(each, dependencies[each])] as const
  );
  const document = {
    name,
    version,
    description: config.description,
    keywords: [
      "agent",
      "llm",
      "policy",
      "audit",
      "governance",
      "opentelemetry",
    ],
    license,
    type: "module",
    engines: { node: NODE },
    sideEffects: ["./deps.js"],
    main: exports["."]?.default,
    types: exports["."]?.types,
    exports: { ...exports, "./package.json": "./package.json" },
    dependencies: Object.fromEntries(exact),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function exactly(name: string, range: string | undefined): string {
  const version = range?.replace(/^\^/, "") ?? "";
  if (/^\d+\.\d+\.\d+$/.test(version)) return version;
  throw new RangeError(`Cannot depend on ${name}: no exact version is known`);
}
