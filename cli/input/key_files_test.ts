import { assertEquals, assertRejects } from "@std/assert";
import { join } from "../../deps.ts";
import { generateKeyPair } from "../../evidence/attest/signing_key.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { readPublicKey, readSigningKey } from "./key_files.ts";

const ignore = lacks("read", "write");

Deno.test({
  name: "a key file says that it holds the other half",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const [own, half] = [
      join(folder.path, "key"),
      join(folder.path, "key.pub"),
    ];
    const { privateKey, publicKey, keyid } = await generateKeyPair(
      crypto.subtle,
    );
    Deno.writeTextFileSync(own, privateKey);
    Deno.writeTextFileSync(half, publicKey);
    assertEquals((await readSigningKey(own)).keyid, keyid);
    assertEquals((await readPublicKey(half)).keyid, keyid);
    const secret = await assertRejects(() => readPublicKey(own), InputError);
    assertEquals(
      secret.message,
      `${own}: this is a private key, which only its owner should have; the public key is wanted, which keygen writes to FILE.pub`,
    );
    const open = await assertRejects(() => readSigningKey(half), InputError);
    assertEquals(
      open.message,
      `${half}: this is a public key; the private key that belongs to it is wanted`,
    );
  },
});

Deno.test({
  name: "a key file that holds something else says what would be right",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "key");
    Deno.writeTextFileSync(path, "nothing of the kind");
    const error = await assertRejects(() => readPublicKey(path), InputError);
    assertEquals(
      error.message,
      `${path}: Cannot read an Ed25519 public key: expected its one PEM block "PUBLIC KEY" and nothing else`,
    );
  },
});
