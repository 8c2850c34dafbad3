import type { Rule } from "../rule.ts";

/** Denies a call whose arguments are not what the tool's schema asks for. */
export function argSchema(): Rule {
  return {
    id: "arg_schema",
    deniesAlways: ({ args }) => !args.ok,
    opinion({ args }) {
      if (args.ok) return undefined;
      const place = args.path === "" ? "" : ` at "${args.path}"`;
      return {
        effect: "deny",
        reason:
          `the arguments do not fit the tool's schema${place}: ${args.reason}`,
        metadata: { schema_error: args.reason, failed_path: args.path },
      };
    },
  };
}
