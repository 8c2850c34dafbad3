import { parse } from "npm:deno-std@1.3.1/yaml/parse.js";

/** Parses one YAML 1.2 document with the core schema (no tags of one's own, no merge keys, no dates). */
export const parseYaml: (
  text: string,
  options: { readonly schema: "core" },
) => unknown = parse;
