import { generateKeyPair } from "../evidence/attest/signing_key.ts";
import { cannotWrite } from "../evidence/store/file_error.ts";
import { unusable } from "../tools/data/input_error.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT } from "./command/command.ts";

/** `keygen`: makes a key that runs are signed with. */
export const keygen: Command = {
  summary: "make a key to sign runs with",
  help: `Usage: keygen --out FILE

Makes an Ed25519 key and writes its two halves as PEM, which openssl reads too:

  FILE      the private key (PKCS#8), readable by its owner alone; it signs
  FILE.pub  the public key (SPKI), for those who verify

Prints the key's name, the SHA-256 of the public key's DER. An existing file is
never overwritten.
`,
  async run(args, output) {
    const given = parseCommandLine(args, { options: ["out"] });
    const path = given.required("out");
    const pair = await generateKeyPair(crypto.subtle);
    const half = `${path}.pub`;
    create(half, pair.publicKey, 0o644);
    try {
      create(path, pair.privateKey, 0o600);
    } catch (error) {
      Deno.removeSync(half);
      throw error;
    }
    output.data(`${terminalLine(half)}: key ${pair.keyid}`);
    return EXIT.ok;
  },
};

function create(path: string, text: string, mode: number): void {
  try {
    Deno.writeTextFileSync(path, text, { createNew: true, mode });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AlreadyExists)) {
      throw cannotWrite("the key there", path, cause);
    }
    const message = "it is there already; choose another --out";
    throw unusable(path, message, { cause });
  }
}
