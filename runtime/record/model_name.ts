import { z } from "../../deps.ts";

/** The schema of the name of a model that answered, in an output and a ledger. */
export const modelNameSchema: z.ZodMiniType<string> = z.string().check(
  z.minLength(1),
  z.maxLength(512),
);

/** Names a model as a policy's prices do: `openai/gpt-5`. */
export function modelName(
  { provider, model }: { readonly provider: string; readonly model: string },
): string {
  return `${provider}/${model}`;
}
