import { unusable } from "../../../tools/data/input_error.ts";
import { portOf } from "../../../policy/url_text.ts";
import type { ModelInfo } from "../../run_spec.ts";

/** Whose model is asked. */
export interface Provider {
  /** As a person names it. */
  readonly id: string;
  /** As in `gen_ai.provider.name`. */
  readonly name: string;
  /** The wire format that it speaks. */
  readonly protocol: "openai" | "anthropic" | "google";
  /** Where it is asked; without one a person has to say. */
  readonly baseUrl?: string;
  /** Variables of the environment that may hold the key; the first that is set counts. Empty for no key. */
  readonly keys: readonly string[];
}

/** The providers that can be asked. */
export const PROVIDERS: readonly Provider[] = [
  {
    id: "openai",
    name: "openai",
    protocol: "openai",
    baseUrl: "https://api.openai.com/v1",
    keys: ["OPENAI_API_KEY"],
  },
  {
    id: "anthropic",
    name: "anthropic",
    protocol: "anthropic",
    baseUrl: "https://api.anthropic.com/v1",
    keys: ["ANTHROPIC_API_KEY"],
  },
  {
    id: "google",
    name: "gcp.gemini",
    protocol: "google",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta",
    keys: ["GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY"],
  },
  {
    id: "ollama",
    name: "ollama",
    protocol: "openai",
    baseUrl: "http://127.0.0.1:11434/v1",
    keys: [],
  },
  {
    id: "openai-compatible",
    name: "openai-compatible",
    protocol: "openai",
    keys: [],
  },
];

/** A model that a person chose, and what asking it needs. */
export interface ModelChoice {
  /** As it was chosen, `provider:model`; messages name it so. */
  readonly spec: string;
  /** The wire format that it speaks. */
  readonly protocol: Provider["protocol"];
  /** For the record. `local` when the host is this machine's own, else `hosted`. */
  readonly info: ModelInfo;
  /** Where it is asked; without a slash at the end. */
  readonly baseUrl: string;
  /** Host and port, as `--allow-net` takes them: `api.openai.com:443`. */
  readonly host: string;
  /** Variables of the environment, as `--allow-env` takes them; the first that is set holds the key. Empty for no key. */
  readonly keys: readonly string[];
}

/** What a person may give in addition to the model. */
export interface ChoiceOptions {
  /** An `http` or `https` URL without user, query and fragment. Default: the provider's own. */
  readonly baseUrl?: string | undefined;
  /** Name of the variable that holds the key. Default: the provider's usual ones. */
  readonly keyName?: string | undefined;
}

/**
 * Reads which model a person chose: `openai:gpt-5`, `ollama:qwen3:8b`. A key is
 * never meant for a server that is reached over the network without encryption.
 *
 * @throws {InputError} when the provider is unknown, or something is missing or
 *   wrong
 */
export function chooseModel(
  spec: string,
  options: ChoiceOptions = {},
): ModelChoice {
  const { provider, model } = named(spec);
  const url = serverOf(spec, options.baseUrl ?? provider.baseUrl);
  const keys = options.keyName === undefined
    ? provider.keys
    : [variable(spec, options.keyName)];
  const local = isLoopback(url);
  if (keys.length > 0 && url.protocol === "http:" && !local) {
    throw unusable(
      spec,
      `a key would cross the network in the clear to ${url.host}; use https`,
    );
  }
  return {
    spec,
    protocol: provider.protocol,
    info: {
      execution_path: local ? "local" : "hosted",
      provider: provider.name,
      model,
      script_sha256: null,
    },
    baseUrl: url.href.replace(/\/+$/, ""),
    host: `${url.hostname}:${portOf(url)}`,
    keys,
  };
}

/** Looks a variable of the environment up; `undefined` when it is not set or may not be read. */
export type ReadVariable = (name: string) => string | undefined;

/**
 * The key for a model; `undefined` when it needs none.
 *
 * @throws {InputError} when it is not set, or cannot be sent; the message does not show it
 */
export function keyOf(
  { spec, keys }: ModelChoice,
  env: ReadVariable,
): string | undefined {
  if (keys.length === 0) return undefined;
  for (const name of keys) {
    const key = env(name);
    if (key === undefined || key === "") continue;
    if (!/^[!#-[\]-~]+$/.test(key)) {
      throw unusable(
        spec,
        `the variable ${name} does not hold a key: expected ASCII without spaces, quotes and backslashes`,
      );
    }
    return key;
  }
  const names = keys.join(" or ");
  const flag = `--allow-env=${keys.join(",")}`;
  throw unusable(
    spec,
    `no key: the variable ${names} is not set, or may not be read (${flag})`,
  );
}

function named(
  spec: string,
): { readonly provider: Provider; readonly model: string } {
  const [, id = "", model = ""] = /^([^:]*):(.*)$/.exec(spec) ?? [];
  const provider = PROVIDERS.find((each) => each.id === id);
  if (provider === undefined) {
    const ids = PROVIDERS.map((each) => each.id).join(", ");
    throw unusable(
      spec,
      `no such provider; expected PROVIDER:MODEL with one of ${ids}`,
    );
  }
  if (model.trim() === "" || !isLine(model)) {
    throw unusable(
      spec,
      `the model's name must be a line of up to ${MAX_NAME_LENGTH} characters`,
    );
  }
  // There it is a part of the URL's path, which takes such names for steps.
  if (
    provider.protocol === "google" &&
    model.split("/").some((part) => /^\.{0,2}$/.test(part))
  ) {
    throw unusable(
      spec,
      'the model\'s name must have no empty part, "." or ".." between its slashes',
    );
  }
  return { provider, model };
}

const MAX_NAME_LENGTH = 512;

/** What a model is called is its provider's business, as long as it can be printed. */
function isLine(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && name.isWellFormed() &&
    !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name);
}

function serverOf(spec: string, text: string | undefined): URL {
  if (text === undefined) {
    throw unusable(
      spec,
      "this provider has no server of its own; give its base URL, such as http://127.0.0.1:8080/v1",
    );
  }
  const url = URL.parse(text);
  if (
    url === null || !/^https?:$/.test(url.protocol) ||
    `${url.username}${url.password}${url.search}${url.hash}` !== ""
  ) {
    throw unusable(
      spec,
      "the base URL must be an http or https URL without user, query and fragment",
    );
  }
  return url;
}

function variable(spec: string, name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  throw unusable(
    spec,
    "the key is named by its variable of the environment: letters, digits and _",
  );
}

/** Where a server says that it listens everywhere, it is asked on this machine. */
const THIS_MACHINE = new Set(["localhost", "[::1]", "0.0.0.0", "[::]"]);

function isLoopback({ hostname }: URL): boolean {
  return THIS_MACHINE.has(hostname) ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
