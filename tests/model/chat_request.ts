import { z } from "../../deps.ts";

const text = z.string();
const functionCall = z.object({ name: text, arguments: text });

const content = z.union([
  text,
  z.null(),
  z.array(z.object({ type: z.literal("text"), text })),
]);

const message = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer", "user"]), content }),
  z.object({
    role: z.literal("assistant"),
    content: z.optional(content),
    tool_calls: z.optional(
      z.array(z.object({
        id: text,
        type: z.literal("function"),
        function: functionCall,
      })),
    ),
  }),
  z.object({ role: z.literal("tool"), tool_call_id: text, content }),
]);

const tool = z.object({
  type: z.literal("function"),
  function: z.object({
    name: text.check(z.minLength(1)),
    description: z.optional(text),
    parameters: z.record(z.string(), z.unknown()),
  }),
});

const maxTokens = z.optional(z.int().check(z.positive()));

/**
 * The supported keys of a request in the format of OpenAI's chat completions;
 * other keys, which clients often send, are ignored. What would change the form
 * of the answer is refused.
 */
export const chatRequest = z.object({
  model: text,
  messages: z.array(message).check(z.minLength(1)),
  tools: z._default(z.array(tool), []),
  tool_choice: z._default(
    z.union([
      z.enum(["auto", "none", "required"]),
      z.object({
        type: z.literal("function"),
        function: z.object({ name: text }),
      }),
    ]),
    "auto",
  ),
  /** The same seed and request give the same answer. */
  seed: z._default(z.int().check(z.minimum(0), z.maximum(2 ** 32 - 2)), 0),
  temperature: z._default(z.number().check(z.minimum(0), z.maximum(2)), 1),
  max_tokens: maxTokens,
  max_completion_tokens: maxTokens,
  stream: z.optional(z.literal(false)),
  n: z.optional(z.literal(1)),
});

/** A request whose values are all valid. */
export type ChatRequest = z.infer<typeof chatRequest>;
/** One turn of the conversation. */
export type ChatMessage = z.infer<typeof message>;
