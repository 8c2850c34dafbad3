import type { z } from "../../deps.ts";

/** Checks that no entry of a list comes twice. */
export function unique(context: z.core.ParsePayload<readonly string[]>): void {
  context.value.forEach((entry, index) => {
    if (context.value.indexOf(entry) === index) return;
    context.issues.push({
      code: "custom",
      input: entry,
      path: [index],
      message: `"${entry}" is listed twice`,
    });
  });
}
