import { assertEquals } from "@std/assert";
import { hash } from "node:crypto";
import { join } from "../deps.ts";
import { attest, attestationFindings } from "../evidence/attest/attestation.ts";
import {
  generateKeyPair,
  importPublicKey,
  importSigningKey,
} from "../evidence/attest/signing_key.ts";
import { ATTESTED_RUN } from "./attested_run.ts";
import { lacks } from "./permissions.ts";
import { temporaryFolder } from "./program.ts";

const { subtle } = crypto;

/** Ignored, and reported so, where there is no OpenSSL 3: `-rawin` is of that version. */
const withOpenssl = { ignore: lacks("read", "write", "run") || !hasOpenssl() };

function hasOpenssl(): boolean {
  if (Deno.permissions.querySync({ name: "run" }).state !== "granted") {
    return true;
  }
  try {
    const { stdout } = openssl(["version"]);
    return /^OpenSSL [3-9]\./.test(new TextDecoder().decode(stdout));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function openssl(args: readonly string[]) {
  return new Deno.Command("openssl", { args: [...args] }).outputSync();
}

/** What the attestation of the sample is made of, each in a file for openssl. */
async function files(privateKey: string, publicKey: string) {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  const text = await attest(
    ATTESTED_RUN,
    await importSigningKey(privateKey, subtle),
  );
  const envelope: {
    readonly payload: string;
    readonly signatures: readonly [{ readonly sig: string }];
  } = JSON.parse(text);
  // Written without the encoder under test.
  const payload = atob(envelope.payload);
  Deno.writeTextFileSync(
    path("signed"),
    `DSSEv1 28 application/vnd.in-toto+json ${payload.length} ${payload}`,
  );
  Deno.writeFileSync(
    path("signature"),
    Uint8Array.fromBase64(envelope.signatures[0].sig),
  );
  Deno.writeTextFileSync(path("key"), privateKey);
  Deno.writeTextFileSync(path("key.pub"), publicKey);
  return {
    path,
    text,
    envelope,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

type Files = Awaited<ReturnType<typeof files>>;

async function ownFiles(): Promise<Files> {
  const { privateKey, publicKey } = await generateKeyPair(subtle);
  return await files(privateKey, publicKey);
}

/** What openssl says of the signature. */
function verify({ path }: Files): string {
  const { stdout } = openssl([
    "pkeyutl",
    "-verify",
    "-rawin",
    "-pubin",
    "-inkey",
    path("key.pub"),
    "-in",
    path("signed"),
    "-sigfile",
    path("signature"),
  ]);
  return new TextDecoder().decode(stdout).trim();
}

Deno.test(
  "openssl verifies the signature of an attestation",
  withOpenssl,
  async () => {
    using written = await ownFiles();
    assertEquals(verify(written), "Signature Verified Successfully");
  },
);

for (const name of ["signed", "signature", "key.pub"]) {
  Deno.test(
    `openssl does not verify when the ${name} is another`,
    withOpenssl,
    async () => {
      using written = await ownFiles();
      using other = await ownFiles();
      Deno.copyFileSync(other.path(name), written.path(name));
      if (name === "signed") flipLastByte(written.path(name));
      assertEquals(verify(written), "Signature Verification Failure");
    },
  );
}

function flipLastByte(path: string): void {
  const bytes = Deno.readFileSync(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  Deno.writeFileSync(path, bytes);
}

Deno.test(
  "openssl reads both halves of a key, and gives the same name to it",
  withOpenssl,
  async () => {
    using written = await ownFiles();
    const half = openssl(["pkey", "-in", written.path("key"), "-pubout"]);
    assertEquals(half.code, 0);
    const publicKey = Deno.readTextFileSync(written.path("key.pub"));
    assertEquals(new TextDecoder().decode(half.stdout), publicKey);
    const own = ["-pubin", "-in", written.path("key.pub")];
    const der = openssl(["pkey", ...own, "-outform", "DER"]);
    const { keyid } = await importPublicKey(publicKey, subtle);
    assertEquals(hash("sha256", der.stdout), keyid);
  },
);

Deno.test(
  "what openssl makes and signs is read and verified",
  withOpenssl,
  async () => {
    const made = openssl(["genpkey", "-algorithm", "ed25519"]);
    const privateKey = new TextDecoder().decode(made.stdout);
    using folder = temporaryFolder();
    const path = join(folder.path, "key");
    Deno.writeTextFileSync(path, privateKey);
    const half = openssl(["pkey", "-in", path, "-pubout"]);
    const publicKey = new TextDecoder().decode(half.stdout);
    using written = await files(privateKey, publicKey);
    const message = ["-rawin", "-in", written.path("signed")];
    const signed = openssl(["pkeyutl", "-sign", "-inkey", path, ...message]);
    assertEquals(signed.stdout.toBase64(), written.envelope.signatures[0].sig);
    assertEquals(
      await attestationFindings({
        ...ATTESTED_RUN,
        text: written.text,
        publicKey: await importPublicKey(publicKey, subtle),
      }),
      [],
    );
  },
);
