import { z } from "../deps.ts";
import { described, optionalKey } from "../tools/data/described.ts";
import type { Tool } from "../tools/tool.ts";
import { ToolError } from "../tools/tool_error.ts";

/** How a tool misbehaves in a scenario. */
export type Fault =
  | {
    /** It fails transiently. */
    readonly kind: "transient";
    /** How many calls fail before it works. Default: all of them. */
    readonly times?: number | undefined;
  }
  | {
    /** It fails with an expected error. */
    readonly kind: "reported";
  }
  | {
    /** It throws an error of an unknown class. */
    readonly kind: "throw";
    readonly exception_class: string;
  }
  | {
    /** It never answers. */
    readonly kind: "hang";
  }
  | {
    /** It returns a text of this many characters. */
    readonly kind: "oversize";
    readonly characters: number;
  };

/** The schema of a fault in a task file. */
export const faultSchema: z.ZodMiniType<Fault> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: kind("transient", "It fails in a way that may pass"),
    times: optionalKey(
      z.int().check(z.minimum(1)),
      "How many calls fail before it works. Left out: all of them",
    ),
  }),
  z.strictObject({
    kind: kind("reported", "It fails in a way that it foresees"),
  }),
  z.strictObject({
    kind: kind("throw", "It throws an error of a class that is not known"),
    exception_class: described(
      z.string().check(z.regex(/^[A-Za-z]\w{0,63}$/)),
      "Name of the error's class",
    ),
  }),
  z.strictObject({ kind: kind("hang", "It never answers") }),
  z.strictObject({
    kind: kind("oversize", "It returns a text that is too long"),
    characters: described(
      z.int().check(z.minimum(1), z.maximum(2 ** 26)),
      "How many characters the text has",
    ),
  }),
]);

function kind<const T extends Fault["kind"]>(
  name: T,
  description: string,
): z.ZodMiniLiteral<T> {
  return z.literal(name).check(z.describe(description));
}

/** What a fault needs of the world that it happens in. */
export interface FaultWorld {
  /** Lets time pass until the deadline of the attempt. */
  readonly expire: () => void;
}

/** The same tool, but for its fault; its effects and arguments stay as they are. */
export function withFault(
  tool: Tool,
  fault: Fault,
  { expire }: FaultWorld,
): Tool {
  let calls = 0;
  return {
    ...tool,
    run(args, context): ReturnType<Tool["run"]> {
      calls += 1;
      switch (fault.kind) {
        case "transient":
          return calls > (fault.times ?? Infinity)
            ? tool.run(args, context)
            : Promise.reject(
              new ToolError(`Injected failure number ${calls}`, {
                type: "injected",
                transient: true,
              }),
            );
        case "reported":
          return Promise.reject(
            new ToolError("Injected failure", { type: "injected" }),
          );
        case "throw": {
          const error = new Error("Injected exception");
          error.name = fault.exception_class;
          return Promise.reject(error);
        }
        case "hang":
          queueMicrotask(expire);
          return new Promise(() => {});
        case "oversize":
          return Promise.resolve("x".repeat(fault.characters));
      }
    },
  };
}
