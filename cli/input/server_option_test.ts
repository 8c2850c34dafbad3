import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../command/command.ts";
import { serversIn } from "./server_option.ts";

Deno.test("serversIn() splits a command into words, with quotes around what belongs together", () => {
  assertEquals(
    serversIn([
      `fs=npx -y server "a folder" 'it "is"' x'y z'"`.slice(0, -1),
      "memory=memory-server",
      "fs=other =x",
    ]),
    {
      fs: { command: "other", args: ["=x"] },
      memory: { command: "memory-server", args: [] },
    },
  );
  assertEquals(
    serversIn([`fs=npx -y  server "a folder" 'it "is"' x'y z' ""`]),
    {
      fs: {
        command: "npx",
        args: ["-y", "server", "a folder", 'it "is"', "xy z", ""],
      },
    },
  );
});

for (
  const [option, why] of [
    ["npx server", "expected NAME=COMMAND or NAME=URL"],
    ["fs=", "expected a command"],
    ["f s=npx", "expected up to 32 letters"],
    ["mcp=npx", 'not "mcp"'],
    ['fs=npx "a', "a quote in its command does not end"],
    ["fs=http://example.com/mcp", "expected an address with https"],
    ["fs=https://me:secret@example.com/mcp", "without a name and a password"],
  ] as const
) {
  Deno.test(`serversIn() refuses ${option}`, () => {
    assertThrows(() => serversIn([option]), UsageError, why);
  });
}

Deno.test("serversIn() takes an address with https, and one of this machine", () => {
  const urls = ["https://example.com/mcp", "http://127.0.0.1:8000/mcp"];
  for (const url of urls) assertEquals(serversIn([`a=${url}`]), { a: { url } });
});
