import * as jsYaml from "npm:js-yaml@5.5.0";

/** The other reader of YAML 1.2, which says where each part of a text stands. */
export const yamlEvents = {
  /** Lists the parts of a text in its order; throws a `YamlSyntaxError`. */
  parse: (text: string): readonly jsYaml.Event[] =>
    jsYaml.parseEvents(text, { maxDepth: 1000 }),
  /** The documents that those parts make up, by the core schema. */
  construct: (
    events: readonly jsYaml.Event[],
    source: string,
  ): readonly unknown[] =>
    jsYaml.constructFromEvents([...events], {
      source,
      schema: jsYaml.CORE_SCHEMA,
    }),
  /** What a scalar says, quotes and escapes resolved. */
  scalarText: (source: string, scalar: jsYaml.ScalarEvent): string =>
    jsYaml.getScalarValue(source, scalar),
  /** Whether it is what `parse` and `construct` throw. */
  isSyntaxError: (error: unknown): error is YamlSyntaxError =>
    error instanceof jsYaml.YAMLException,
};

/** What is wrong with a YAML text, and where. */
export interface YamlSyntaxError extends Error {
  /** What is wrong. */
  readonly reason: string;
  /** Where: a character and its line, both from 0. */
  readonly mark?:
    | { readonly position: number; readonly line: number }
    | undefined;
}

/** A part of a YAML text: a document, the beginning or the end of a collection, a scalar, an alias. */
export type YamlEvent = jsYaml.Event;
