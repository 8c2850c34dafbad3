import { z } from "../deps.ts";

/**
 * A strict description of a value, as any validator offers it that follows
 * Standard Schema and Standard JSON Schema, version 1
 * (https://standardschema.dev): zod, valibot, ArkType and others.
 */
export interface Schema<T> {
  /** Everything that the two standards define, under the key that they reserve. */
  readonly "~standard": {
    /** Version of Standard Schema. */
    readonly version: 1;
    /** Name of the library: `zod`, `valibot`. */
    readonly vendor: string;
    /** Judges a value; a promise is refused, since a gate must answer at once. */
    validate(value: unknown): SchemaResult<T> | Promise<SchemaResult<T>>;
    /** The same description as data, for the model and for the registry. */
    readonly jsonSchema: {
      /** The JSON Schema of what is accepted. */
      input(
        options: { readonly target: "draft-2020-12" },
      ): Record<string, unknown>;
    };
  };
}

/** The result of a validation: the validated copy, or what was wrong. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One reason why a value was not accepted, and where. */
export interface SchemaIssue {
  /** What is wrong, for people and for the model; the record cuts it at 500 characters. */
  readonly message: string;
  /** Keys and indexes that lead there from the arguments; empty or left out for the whole. */
  readonly path?:
    | readonly (PropertyKey | { readonly key: PropertyKey })[]
    | undefined;
}

/** Offers a zod schema under the two standards; its JSON Schema is made once, since that takes time. */
export function standardSchema<T>(schema: z.ZodMiniType<T>): Schema<T> {
  const { vendor, validate } = schema["~standard"];
  let described: Record<string, unknown> | undefined;
  return {
    "~standard": {
      version: 1,
      vendor,
      validate,
      jsonSchema: {
        input: ({ target }) => described ??= z.toJSONSchema(schema, { target }),
      },
    },
  };
}
