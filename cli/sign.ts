import { attestRun } from "./execution/attest_run.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT } from "./command/command.ts";
import { readSigningKey } from "./input/key_files.ts";
import { runStore } from "./machine/run_store.ts";

/** `sign`: attests a run that exists. */
export const sign: Command = {
  summary: "sign the artifacts of a run",
  help: `Usage: sign RUN_DIR --key FILE

Writes attestation.json into the folder of a run: a DSSE envelope around an
in-toto statement that names the four artifacts by their SHA-256, signed with
Ed25519. It refuses a run without a manifest, one whose artifacts differ from
those that its manifest names, and one that is signed already.

  --key FILE  the private key, as keygen writes it

The ledger itself is not checked; verify the run before you sign it.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: ["key"],
      operands: ["RUN_DIR"],
    });
    const path = given.required("key");
    const key = await readSigningKey(path);
    const run = given.operand(0);
    await attestRun(runStore.run(run), key);
    output.data(`${terminalLine(run)}: signed with the key ${key.keyid}`);
    return EXIT.ok;
  },
};
