/**
 * The entry of a Worker whose tool does whatever it can to get out, with no gate
 * in front of it.
 *
 * @module
 */
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import type { Json } from "../tools/data/json.ts";
import { serveTools } from "../tools/worker/serve_tools.ts";
import type { Tool } from "../tools/tool.ts";
import { type Attack, ATTACKER } from "./attacker.ts";
import { judged } from "./judged.ts";

type Attempt = (target: string) => Json | Promise<Json>;

const ATTEMPTS: ReadonlyMap<string, Attempt> = new Map<string, Attempt>([
  ["read", (path) => Deno.readTextFileSync(path)],
  ["list", (path) => [...Deno.readDirSync(path)].length],
  ["stat", (path) => Deno.lstatSync(path).size],
  ["write", (path) => {
    Deno.writeTextFileSync(path, "attack");
    return "written";
  }],
  ["make a symbolic link to", (path) => {
    Deno.symlinkSync(path, "made-link");
    return "linked";
  }],
  ["make a hard link to", (path) => {
    Deno.linkSync(path, `${path}.second`);
    return "linked";
  }],
  ["environment", (name) => Deno.env.get(name) ?? "unset"],
  [
    "subprocess",
    async (path) =>
      new TextDecoder().decode(
        (await new Deno.Command(path).output()).stdout,
      ),
  ],
  ["foreign function", (path) => {
    Deno.dlopen(path, {});
    return "opened";
  }],
  ["system", () => Deno.hostname()],
  ["import", async (url) => String((await import(url)).secret)],
  ["fetch", async (url) => await (await fetch(url)).text()],
  [
    "connect",
    async (port) => {
      using connection = await Deno.connect({
        hostname: "127.0.0.1",
        port: Number(port),
      });
      return connection.remoteAddr.transport;
    },
  ],
  ["look up", async (host) => await Deno.resolveDns(host, "A")],
  ["wider Worker", () => {
    new Worker(import.meta.url, {
      type: "module",
      deno: { permissions: { read: true } },
    });
    return "started";
  }],
  ["forge", (text) => {
    postMessage({ kind: "result", id: "1", result: text });
    return "forged";
  }],
  ["claim a leftover", (place) => {
    postMessage({ kind: "leftover", leftover: { kind: "file", place } });
    return "claimed";
  }],
]);

declare function postMessage(message: unknown): void;

function attacker(directory: string): Tool<Attack> {
  return {
    ...ATTACKER,
    async run({ name, target }) {
      if (name === "verified read") {
        const sandbox = directorySandbox(directory);
        return await sandbox.readText(judged(sandbox, target));
      }
      const attempt = ATTEMPTS.get(name);
      if (attempt === undefined) throw new RangeError(`No attack "${name}"`);
      return await attempt(target);
    },
  };
}

serveTools((directory) => [attacker(String(directory))]);
