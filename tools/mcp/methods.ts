import { z } from "../../deps.ts";
import { standardSchema } from "../schema.ts";
import type { ToolDefinition } from "../tool.ts";

/**
 * Methods that pass in both directions as they are: they open, list and end, and
 * carry nothing that an agent could not see otherwise. Every other request is a
 * call that the policy judges.
 */
const PASSING: ReadonlySet<string> = new Set([
  "initialize",
  "ping",
  "server/discover",
  "subscriptions/listen",
  "logging/setLevel",
  "resources/list",
  "resources/templates/list",
  "prompts/list",
]);

/** Whether a request passes unjudged. */
export function passes(method: string): boolean {
  return PASSING.has(method);
}

/** What policy and record call a request other than a tool call: `mcp.resources.read`. */
export function virtualName(method: string): string {
  return `mcp.${method.replaceAll("/", ".")}`;
}

/** The requests of the protocol that a policy may allow, and what they are for. */
const VIRTUAL: Readonly<Record<string, string>> = {
  "resources/read": "Read a resource of the server",
  "resources/subscribe": "Be told when a resource of the server changes",
  "resources/unsubscribe": "Be told no longer",
  "prompts/get": "Get a prompt of the server",
  "completion/complete": "Ask the server how an argument could go on",
  "tasks/get": "Ask how far a task of the server is",
  "tasks/result": "Get the result of a task of the server",
  "tasks/list": "List the tasks of the server",
  "tasks/cancel": "Cancel a task of the server",
  "sampling/createMessage": "The server asks the client's model",
  "elicitation/create": "The server asks the client's user",
  "roots/list": "The server asks which folders the client works in",
};

/** Whether the protocol has such a request that a policy may allow. */
export function isOfProtocol(method: string): boolean {
  return Object.hasOwn(VIRTUAL, method);
}

/** Requests of the protocol as tools, so that a policy can name them and a record hold them. */
export function virtualTools(): readonly ToolDefinition[] {
  return Object.entries(VIRTUAL).map(([method, description]) => ({
    name: virtualName(method),
    description,
    effects: {},
    args: standardSchema(z.looseObject({})),
  }));
}
