import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  EXAMPLE_KEYID,
  EXAMPLE_PRIVATE_KEY,
  EXAMPLE_PUBLIC_KEY,
  OTHER_PRIVATE_KEY,
} from "../../tests/example_key.ts";
import { pemText } from "./pem.ts";
import {
  generateKeyPair,
  importPublicKey,
  importSigningKey,
} from "./signing_key.ts";

const { subtle } = crypto;

// RFC 8032, section 7.1, tests 1 to 3.
const VECTORS = [
  {
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    half: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    half: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    half: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
] as const;

// The DER of RFC 8410 around 32 bytes.
const PKCS8 = "302e020100300506032b657004220420";
const SPKI = "302a300506032b6570032100";

for (const [index, { seed, half, message, signature }] of VECTORS.entries()) {
  Deno.test(`importSigningKey() signs as test ${index + 1} of RFC 8032 says`, async () => {
    const key = await importSigningKey(
      pemText("PRIVATE KEY", Uint8Array.fromHex(PKCS8 + seed)),
      subtle,
    );
    const signed = await key.sign(Uint8Array.fromHex(message));
    assertEquals(signed.toHex(), signature);
  });

  Deno.test(`importPublicKey() verifies test ${index + 1} of RFC 8032`, async () => {
    const key = await importPublicKey(
      pemText("PUBLIC KEY", Uint8Array.fromHex(SPKI + half)),
      subtle,
    );
    const bytes = Uint8Array.fromHex(signature);
    assertEquals(await key.verify(Uint8Array.fromHex(message), bytes), true);
    assertEquals(
      await key.verify(Uint8Array.fromHex(`${message}00`), bytes),
      false,
    );
  });
}

// The order of the base point, RFC 8032, section 5.1, little-endian.
const ORDER =
  0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn;

Deno.test("importPublicKey() refuses a second signature that is made of a first", async () => {
  const [{ half, signature }] = VECTORS;
  const key = await importPublicKey(
    pemText("PUBLIC KEY", Uint8Array.fromHex(SPKI + half)),
    subtle,
  );
  const bytes = Uint8Array.fromHex(signature);
  const s = BigInt(`0x${bytes.slice(32).reverse().toHex()}`) + ORDER;
  const other = Uint8Array.fromHex(s.toString(16).padStart(64, "0")).reverse();
  bytes.set(other, 32);
  assertEquals(await key.verify(new Uint8Array(), bytes), false);
});

for (const length of [0, 32, 63, 65]) {
  Deno.test(`importPublicKey() refuses a signature of ${length} bytes`, async () => {
    const key = await importPublicKey(EXAMPLE_PUBLIC_KEY, subtle);
    assertEquals(
      await key.verify(new Uint8Array(), new Uint8Array(length)),
      false,
    );
  });
}

Deno.test("importSigningKey() and importPublicKey() give one name to both halves", async () => {
  const key = await importSigningKey(EXAMPLE_PRIVATE_KEY, subtle);
  const half = await importPublicKey(EXAMPLE_PUBLIC_KEY, subtle);
  assertEquals([key.keyid, half.keyid], [EXAMPLE_KEYID, EXAMPLE_KEYID]);
  const other = await importSigningKey(OTHER_PRIVATE_KEY, subtle);
  assertNotEquals(other.keyid, EXAMPLE_KEYID);
});

Deno.test("generateKeyPair() makes a pair, each time another one", async () => {
  const [one, two] = [
    await generateKeyPair(subtle),
    await generateKeyPair(subtle),
  ];
  assertNotEquals(one.keyid, two.keyid);
  const key = await importSigningKey(one.privateKey, subtle);
  const half = await importPublicKey(one.publicKey, subtle);
  assertEquals([key.keyid, half.keyid], [one.keyid, one.keyid]);
  const message = new TextEncoder().encode("hello");
  assertEquals(await half.verify(message, await key.sign(message)), true);
  const other = await importPublicKey(two.publicKey, subtle);
  assertEquals(await other.verify(message, await key.sign(message)), false);
});

Deno.test("generateKeyPair() writes keys in the form of RFC 8410's examples", async () => {
  const { privateKey, publicKey } = await generateKeyPair(subtle);
  for (
    const [text, example, shared] of [
      [privateKey, EXAMPLE_PRIVATE_KEY, "MC4CAQAwBQYDK2VwBCIEI"],
      [publicKey, EXAMPLE_PUBLIC_KEY, "MCowBQYDK2VwAyEA"],
    ] as const
  ) {
    assertEquals(text.length, example.length);
    assertEquals(
      text.replace(/(?<=\n).*(?=\n-)/, ""),
      example.replace(/(?<=\n).*(?=\n-)/, ""),
    );
    assertEquals(text.split("\n")[1]?.startsWith(shared), true);
  }
});

// RFC 8410, section 3: the same but for one digit of the identifier.
const X25519 = PKCS8.replace("2b6570", "2b656e") + VECTORS[0].seed;

const EC_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcO6D0XmeIrt+E/W3
wSF2zCrXqp2vCwxperIxWFRv5O+hRANCAATilol82vc/QqdNQ+UOi/xI3RYrLQ28
uTJJirDhoP5ucw0eSiuhWnFrqN78/UcxRBoyI/MUW9i0wr6OKBnMZQFT
-----END PRIVATE KEY-----
`;

// RFC 8410, section 10.3: the two halves need not belong together.
const WITH_PUBLIC_HALF = `-----BEGIN PRIVATE KEY-----
MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
Z9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PRIVATE KEY-----
`;

const REFUSED = [
  { what: "nothing", text: "" },
  { what: "a text", text: "secret\n" },
  { what: "a key of another curve", text: EC_KEY },
  {
    what: "a key of the same size for X25519",
    text: pemText("PRIVATE KEY", Uint8Array.fromHex(X25519)),
  },
  {
    what: "DER that is cut off",
    text: EXAMPLE_PRIVATE_KEY.replace("dVhC", ""),
  },
  {
    what: "a seed that is too short",
    text: pemText("PRIVATE KEY", Uint8Array.fromHex(`${PKCS8}00`)),
  },
  {
    what: "a seed that is too long",
    text: pemText(
      "PRIVATE KEY",
      Uint8Array.fromHex(`${PKCS8}${"00".repeat(33)}`),
    ),
  },
  { what: "a key with its public half in it", text: WITH_PUBLIC_HALF },
  {
    what: "an encrypted key",
    text: EXAMPLE_PRIVATE_KEY.replaceAll("PRIVATE", "ENCRYPTED PRIVATE"),
  },
  { what: "two keys", text: EXAMPLE_PRIVATE_KEY + OTHER_PRIVATE_KEY },
  { what: "the other half", text: EXAMPLE_PUBLIC_KEY },
];

for (const { what, text } of REFUSED) {
  Deno.test(`importSigningKey() refuses ${what} and does not quote it`, async () => {
    const error = await assertRejects(
      () => importSigningKey(text, subtle),
      TypeError,
    );
    assertEquals(
      error.message,
      'Cannot read an Ed25519 private key: expected its one PEM block "PRIVATE KEY" and nothing else',
    );
    assertEquals(error.cause, undefined);
  });

  Deno.test(`importPublicKey() refuses ${what} in place of a public key`, async () => {
    const swapped = text === EXAMPLE_PUBLIC_KEY
      ? EXAMPLE_PRIVATE_KEY
      : text.replaceAll("PRIVATE KEY", "PUBLIC KEY");
    await assertRejects(
      () => importPublicKey(swapped, subtle),
      TypeError,
      'Cannot read an Ed25519 public key: expected its one PEM block "PUBLIC KEY" and nothing else',
    );
  });
}
