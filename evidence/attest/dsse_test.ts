import { assertEquals } from "@std/assert";
import {
  EXAMPLE_KEYID,
  exampleKey,
  examplePublicKey,
  otherKey,
} from "../../tests/example_key.ts";
import {
  type Message,
  openEnvelope,
  preAuthenticationEncoding,
  sealEnvelope,
} from "./dsse.ts";

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

const HELLO: Message = {
  payloadType: "http://example.com/HelloWorld",
  payload: bytes("hello world"),
};

for (
  const { what, message, want } of [
    // The test vector of the protocol's page.
    {
      what: "the example of the protocol",
      message: HELLO,
      want: "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    },
    {
      what: "nothing at all",
      message: { payloadType: "", payload: bytes("") },
      want: "DSSEv1 0  0 ",
    },
    {
      what: "lengths in bytes, not in characters",
      message: { payloadType: "ä", payload: bytes("😀") },
      want: "DSSEv1 2 ä 4 😀",
    },
    {
      what: "a payload that looks like an encoding",
      message: { payloadType: "a", payload: bytes("1 b 1 c") },
      want: "DSSEv1 1 a 7 1 b 1 c",
    },
  ]
) {
  Deno.test(`preAuthenticationEncoding() encodes ${what}`, () => {
    assertEquals(preAuthenticationEncoding(message), bytes(want));
  });
}

Deno.test("preAuthenticationEncoding() keeps bytes that are not text", () => {
  assertEquals(
    preAuthenticationEncoding({
      payloadType: "t",
      payload: Uint8Array.of(0, 0xff, 0x20),
    }),
    Uint8Array.of(...bytes("DSSEv1 1 t 3 "), 0, 0xff, 0x20),
  );
});

// The signature is what `openssl pkeyutl -sign -rawin` says over the encoding.
const SEALED = `{
  "payload": "aGVsbG8gd29ybGQ=",
  "payloadType": "http://example.com/HelloWorld",
  "signatures": [
    {
      "keyid": "${EXAMPLE_KEYID}",
      "sig": "onxMTeMfS8/kBopQrDOBgE+tf0WuzWiMN7Ai52tcFQ8Izn+ASmNRUsZZRKWhvF82MxYE8A6jXkqmLWnG131GCg=="
    }
  ]
}
`;

Deno.test("sealEnvelope() writes exactly this envelope, each time", async () => {
  assertEquals(await sealEnvelope(HELLO, await exampleKey()), SEALED);
  assertEquals(await sealEnvelope(HELLO, await exampleKey()), SEALED);
});

async function open(text: string) {
  return await openEnvelope(text, {
    payloadType: HELLO.payloadType,
    publicKey: await examplePublicKey(),
  });
}

Deno.test("openEnvelope() gives back what was sealed", async () => {
  assertEquals(await open(SEALED), { ok: true, payload: HELLO.payload });
});

const CODES = {
  malformed: "attestation_malformed",
  key: "signature_key",
  invalid: "signature_invalid",
} as const;

const MISSHAPEN = [
  { what: "an empty text", text: "", message: "the text is not JSON" },
  {
    what: "JSON that is not an object",
    text: "[]\n",
    message: "Invalid input: expected object, received array",
  },
  {
    what: "an unknown key",
    text: SEALED.replace('  "payload"', '  "extra": 1,\n  "payload"'),
    message: 'Unrecognized key: "extra"',
  },
  {
    what: "a key that is missing",
    text: SEALED.replace(/ {2}"payloadType".*\n/, ""),
    message: "payloadType: Invalid input: expected string, received undefined",
  },
  {
    what: "a key that comes twice",
    text: SEALED.replace('  "payload":', '  "payload": "",\n  "payload":'),
    message: 'the key "payload" comes twice',
  },
  {
    what: "a key that reaches a prototype",
    text: SEALED.replace('  "payload":', '  "__proto__": {},\n  "payload":'),
    message: 'the key "__proto__" is not allowed',
  },
  {
    what: "a text that is too large",
    text: SEALED + " ".repeat(65_536),
    message: "the text is larger than 65536 bytes",
  },
  {
    what: "no final newline",
    text: SEALED.trimEnd(),
    message: "its layout is not the one that was written",
  },
  {
    what: "keys in another order",
    text: `${
      JSON.stringify(
        Object.fromEntries(Object.entries(JSON.parse(SEALED)).reverse()),
        null,
        2,
      )
    }\n`,
    message: "its layout is not the one that was written",
  },
  {
    what: "an escape that says the same",
    text: SEALED.replace('"aGV', '"\\u0061GV'),
    message: "its layout is not the one that was written",
  },
  {
    what: "another payload type",
    text: SEALED.replace("HelloWorld", "ByeWorld"),
    message: 'payloadType: expected "http://example.com/HelloWorld"',
  },
  {
    what: "no signature",
    text: SEALED.replace(/\[[^\]]*\]/, "[]"),
    message: "signatures: expected exactly one",
  },
  {
    what: "the signature twice",
    text: SEALED.replace(/( {4}\{[^}]*\})\n/, "$1,\n$1\n"),
    message: "signatures: expected exactly one",
  },
  {
    what: "a keyid that is not a SHA-256",
    text: SEALED.replace(EXAMPLE_KEYID, "me"),
    message: "signatures.0.keyid: expected 64 hex digits",
  },
  {
    what: "a payload that is not base64",
    text: SEALED.replace("aGVs", "aGV*"),
    message: "payload: expected base64",
  },
  {
    what: "a payload with white space in its base64",
    text: SEALED.replace("aGVs", "aGVs "),
    message: "payload: expected base64",
  },
  {
    what: "a payload without padding",
    text: SEALED.replace("bGQ=", "bGQ"),
    message: "payload: expected base64",
  },
  {
    what: "stray bits after the payload",
    text: SEALED.replace("bGQ=", "bGR="),
    message: "payload: expected base64",
  },
  {
    what: "a signature that is not base64",
    text: SEALED.replace(/"sig": "./, '"sig": "_'),
    message: "signatures.0.sig: expected base64",
  },
];

for (const { what, text, message } of MISSHAPEN) {
  Deno.test(`openEnvelope() refuses ${what}`, async () => {
    const opened = await open(text);
    assertEquals(opened, {
      ok: false,
      code: CODES.malformed,
      message,
    });
  });
}

const SHORT = SEALED.replace(/"sig": ".*"/, '"sig": "AAAA"');

for (
  const { what, text } of [
    {
      what: "another payload",
      text: SEALED.replace("aGVsbG8g", "aGVsbG8h"),
    },
    {
      what: "another signature",
      text: SEALED.replace('"sig": "o', '"sig": "A'),
    },
    { what: "a signature of three bytes", text: SHORT },
    { what: "no signature in its place", text: SHORT.replace("AAAA", "") },
  ]
) {
  Deno.test(`openEnvelope() does not believe ${what}`, async () => {
    assertEquals(await open(text), {
      ok: false,
      code: CODES.invalid,
      message: `the signature is not one of the key ${EXAMPLE_KEYID}`,
    });
  });
}

Deno.test("openEnvelope() says when another key signed", async () => {
  const key = await otherKey();
  const text = await sealEnvelope(HELLO, key);
  assertEquals(await open(text), {
    ok: false,
    code: CODES.key,
    message: `signed with the key ${key.keyid}, not ${EXAMPLE_KEYID}`,
  });
  // Nor does it help to write the trusted key's name there.
  assertEquals(await open(text.replace(key.keyid, EXAMPLE_KEYID)), {
    ok: false,
    code: CODES.invalid,
    message: `the signature is not one of the key ${EXAMPLE_KEYID}`,
  });
});

Deno.test("openEnvelope() does not take the right signature under another name", async () => {
  const text = SEALED.replace(EXAMPLE_KEYID, "0".repeat(64));
  const opened = await open(text);
  assertEquals(opened.ok ? opened : opened.code, CODES.key);
});

Deno.test("openEnvelope() does not take one type for another", async () => {
  const opened = await openEnvelope(
    SEALED.replace("HelloWorld", "ByeWorld"),
    {
      payloadType: "http://example.com/ByeWorld",
      publicKey: await examplePublicKey(),
    },
  );
  assertEquals(opened.ok ? opened : opened.code, CODES.invalid);
});
