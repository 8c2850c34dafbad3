import { assertEquals } from "@std/assert";
import { lacks } from "../permissions.ts";
import { numberArgument } from "./number_argument.ts";
import { PROPERTIES } from "./properties.ts";

/** The sample of every day: `deno task test --seed N --cases N` takes another. */
const seed = numberArgument(Deno.args, "seed") ?? 1;
const cases = numberArgument(Deno.args, "cases") ?? 400;

const disk = { ignore: lacks("read", "write", "run") };

for (const { name, disk: needsDisk, search } of PROPERTIES) {
  Deno.test(
    `${name} (${cases} cases, seed ${seed})`,
    needsDisk ? disk : {},
    async () => {
      assertEquals(await search({ seed, cases }), undefined);
    },
  );
}
