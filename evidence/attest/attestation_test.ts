import { assertEquals, assertRejects } from "@std/assert";
import { ATTESTED_MANIFEST, ATTESTED_RUN } from "../../tests/attested_run.ts";
import {
  exampleKey,
  examplePublicKey,
  otherKey,
} from "../../tests/example_key.ts";
import { SAMPLED, someOf } from "../../tests/sample.ts";
import type { ArtifactName } from "../artifacts.ts";
import {
  attest,
  type AttestationCheck,
  attestationFindings,
} from "./attestation.ts";
import {
  ATTESTATION_FINDING_CODES,
  type AttestationFinding,
} from "./attestation_finding.ts";
import { sealEnvelope } from "./dsse.ts";
import { parseManifest } from "./manifest_document.ts";
import { statementOf, SUBJECT_NAMES } from "./statement.ts";

const ATTESTATION = await attest(ATTESTED_RUN, await exampleKey());

const STATEMENT = JSON.stringify(
  statementOf(parseManifest(ATTESTED_MANIFEST), ATTESTED_RUN.digests),
);

/** What is found in the sample's attestation, or in what is given instead. */
async function findings(
  change: Partial<AttestationCheck> = {},
): Promise<readonly AttestationFinding[]> {
  return await attestationFindings({
    ...ATTESTED_RUN,
    text: ATTESTATION,
    publicKey: await examplePublicKey(),
    ...change,
  });
}

async function codes(change?: Partial<AttestationCheck>) {
  return (await findings(change)).map(({ code }) => code);
}

/** An envelope with any content, signed by the right key. */
async function signed(
  payload: string | Uint8Array<ArrayBuffer>,
  payloadType = "application/vnd.in-toto+json",
): Promise<string> {
  return await sealEnvelope({
    payloadType,
    payload: typeof payload === "string"
      ? new TextEncoder().encode(payload)
      : payload,
  }, await exampleKey());
}

Deno.test("attest() writes the same bytes each time, which vouch for the run", async () => {
  assertEquals(await attest(ATTESTED_RUN, await exampleKey()), ATTESTATION);
  assertEquals(await signed(STATEMENT), ATTESTATION);
  assertEquals(await findings(), []);
});

for (const name of SUBJECT_NAMES) {
  if (name === "manifest.json") continue;
  Deno.test(`attest() refuses ${name} when it is not what the manifest says`, async () => {
    const digests = { ...ATTESTED_RUN.digests, [name]: "f".repeat(64) };
    const key = await exampleKey();
    await assertRejects(
      () => attest({ ...ATTESTED_RUN, digests }, key),
      RangeError,
      `Cannot attest ${name}: its SHA-256 is not the one in manifest.json`,
    );
  });
}

Deno.test("attest() refuses a text that is not a manifest", async () => {
  const key = await exampleKey();
  await assertRejects(
    () => attest({ ...ATTESTED_RUN, manifest: "{}" }, key),
    TypeError,
    "Cannot read a manifest: version: Invalid input: expected 1",
  );
});

Deno.test("attestationFindings() says that there is no attestation", async () => {
  assertEquals(await findings({ text: undefined }), [{
    code: "attestation_missing",
    message: "there is no attestation.json",
  }]);
});

/** Where a character is changed. */
const PLACES = someOf([...ATTESTATION].map((_, at) => at), 150);

// With bit 7 it is not ASCII, and a lone byte of that kind is not UTF-8.
for (const bit of [0, 1, 2, 3, 4, 5, 6]) {
  Deno.test(`attestationFindings() finds bit ${bit} of any character flipped (${SAMPLED})`, async () => {
    const missed: number[] = [];
    for (const at of PLACES) {
      const flipped = String.fromCharCode(
        ATTESTATION.charCodeAt(at) ^ (1 << bit),
      );
      const text = ATTESTATION.slice(0, at) + flipped +
        ATTESTATION.slice(at + 1);
      if ((await codes({ text })).length === 0) missed.push(at);
    }
    assertEquals(missed, []);
  });
}

Deno.test(`attestationFindings() finds any character removed or doubled (${SAMPLED})`, async () => {
  const missed: number[] = [];
  for (const at of PLACES) {
    const [before, after] = [ATTESTATION.slice(0, at), ATTESTATION.slice(at)];
    for (const text of [before + after.slice(1), before + after[0] + after]) {
      if ((await codes({ text })).length === 0) missed.push(at);
    }
  }
  assertEquals(missed, []);
});

Deno.test("attestationFindings() says when another key signed the very same", async () => {
  const text = await attest(ATTESTED_RUN, await otherKey());
  assertEquals(await codes({ text }), ["signature_key"]);
});

Deno.test("attestationFindings() does not take a second signature", async () => {
  const other: { readonly signatures: readonly unknown[] } = JSON.parse(
    await attest(ATTESTED_RUN, await otherKey()),
  );
  const own: typeof other = JSON.parse(ATTESTATION);
  const both = { ...own, signatures: [...own.signatures, ...other.signatures] };
  const text = `${JSON.stringify(both, null, 2)}\n`;
  assertEquals(await findings({ text }), [{
    code: "attestation_malformed",
    message: "signatures: expected exactly one",
  }]);
});

Deno.test("attestationFindings() does not take another payload type, though signed", async () => {
  const text = await signed(STATEMENT, "application/json");
  assertEquals(await findings({ text }), [{
    code: "attestation_malformed",
    message: 'payloadType: expected "application/vnd.in-toto+json"',
  }]);
});

const UNREADABLE = [
  { what: "nothing", payload: "", message: "the text is not JSON" },
  {
    what: "bytes that are not text",
    payload: Uint8Array.of(0xff),
    message: "the payload is not UTF-8 text",
  },
  {
    what: "a byte order mark",
    payload: `\ufeff${STATEMENT}`,
    message: "the text is not JSON",
  },
  {
    what: "a key that comes twice",
    payload: STATEMENT.replace("{", '{"predicate":{},'),
    message: 'the key "predicate" comes twice',
  },
  {
    what: "a digest that comes twice",
    payload: STATEMENT.replace(
      '"sha256"',
      `"sha256":"${"0".repeat(64)}","sha256"`,
    ),
    message: 'the key "sha256" comes twice',
  },
  {
    what: "an unknown key",
    payload: STATEMENT.replace("{", '{"comment":"",'),
    message: 'Unrecognized key: "comment"',
  },
  {
    what: "an older type of statement",
    payload: STATEMENT.replace("Statement/v1", "Statement/v0.1"),
    message: '_type: Invalid input: expected "https://in-toto.io/Statement/v1"',
  },
  {
    what: "another type of predicate",
    payload: STATEMENT.replace("link/v0.3", "link/v0.4"),
    message:
      'predicateType: Invalid input: expected "https://in-toto.io/attestation/link/v0.3"',
  },
  {
    what: "a subject with a second digest",
    payload: STATEMENT.replace('"digest":{', '"digest":{"sha1":"00",'),
    message: 'subject.0.digest: Unrecognized key: "sha1"',
  },
  {
    what: "a subject with an address",
    payload: STATEMENT.replace('"digest":{', '"uri":"a:b","digest":{'),
    message: 'subject.0: Unrecognized key: "uri"',
  },
  {
    what: "a digest in capitals",
    payload: STATEMENT.replace("a".repeat(64), "A".repeat(64)),
    message: "subject.2.digest.sha256: expected 64 hex digits",
  },
];

for (const { what, payload, message } of UNREADABLE) {
  Deno.test(`attestationFindings() does not take ${what} for a statement, though signed`, async () => {
    assertEquals(await findings({ text: await signed(payload) }), [{
      code: "statement_malformed",
      message,
    }]);
  });
}

/** One subject as the statement has it, with its comma. */
function subject(name: ArtifactName): string {
  return `{"name":"${name}","digest":{"sha256":"${
    ATTESTED_RUN.digests[name]
  }"}},`;
}

for (const name of SUBJECT_NAMES) {
  const own = subject(name);

  Deno.test(`attestationFindings() finds that ${name} is not covered`, async () => {
    const payload = STATEMENT.replace("}]", "},]").replace(own, "")
      .replace("},]", "}]");
    assertEquals(payload.length, STATEMENT.length - own.length);
    assertEquals(await findings({ text: await signed(payload) }), [{
      code: "subject_missing",
      message: `${name} is not covered by the signature`,
    }]);
  });

  Deno.test(`attestationFindings() finds ${name} covered twice`, async () => {
    const payload = STATEMENT.replace('"subject":[', `"subject":[${own}`);
    assertEquals(await findings({ text: await signed(payload) }), [{
      code: "subject_unexpected",
      message: `"${name}" is named twice`,
    }]);
  });

  Deno.test(`attestationFindings() finds ${name} changed`, async () => {
    const changed = "f".repeat(64);
    const digests = { ...ATTESTED_RUN.digests, [name]: changed };
    assertEquals(await findings({ digests }), [{
      code: "subject_differs",
      message: `${name}: signed ${
        ATTESTED_RUN.digests[name]
      }, found ${changed}`,
    }]);
  });

  Deno.test(`attestationFindings() finds ${name} gone`, async () => {
    const { [name]: gone, ...digests } = ATTESTED_RUN.digests;
    assertEquals(await findings({ digests }), [{
      code: "subject_differs",
      message:
        `${name}: signed ${gone}, found none: it is not there, or was not read to its end`,
    }]);
  });
}

Deno.test("attestationFindings() finds every artifact that is not as it was", async () => {
  assertEquals(
    await codes({ digests: {} }),
    SUBJECT_NAMES.map(() => "subject_differs"),
  );
});

Deno.test("attestationFindings() finds a subject that is not an artifact", async () => {
  const payload = STATEMENT.replace(
    '"subject":[',
    `"subject":[{"name":"notes.txt","digest":{"sha256":"${"0".repeat(64)}"}},`,
  );
  assertEquals(await findings({ text: await signed(payload) }), [{
    code: "subject_unexpected",
    message: '"notes.txt" is not an artifact of a run',
  }]);
});

const OTHER_CLAIMS = [
  { what: "another policy", from: "2".repeat(64), to: "0".repeat(64) },
  { what: "another commit", from: "0123456789", to: "9876543210" },
  { what: "another run", from: '"attested"', to: '"forged"' },
  { what: "fewer lines", from: '"lines":12', to: '"lines":11' },
  { what: "another seed", from: '"seed":7', to: '"seed":8' },
  { what: "a seed that is a text", from: '"seed":7', to: '"seed":"7"' },
  {
    what: "another end",
    from: '"final_answer"',
    to: '"policy_denial_terminal"',
  },
  { what: "one claim more", from: '"seed":7', to: '"seed":7,"level":3' },
  { what: "one claim less", from: '"seed":7,', to: "" },
  { what: "nothing", from: /"predicate":\{.*\}$/, to: '"predicate":null}' },
];

for (const { what, from, to } of OTHER_CLAIMS) {
  Deno.test(`attestationFindings() finds that the statement claims ${what}`, async () => {
    const payload = STATEMENT.replace(from, to);
    assertEquals(payload === STATEMENT, false);
    assertEquals(await findings({ text: await signed(payload) }), [{
      code: "predicate_differs",
      message: "the predicate is not what manifest.json says",
    }]);
  });
}

Deno.test("attestationFindings() takes the claims in any order", async () => {
  const { predicate, ...rest }: { readonly predicate: object } = JSON.parse(
    STATEMENT,
  );
  const reversed = Object.fromEntries(Object.entries(predicate).reverse());
  const payload = JSON.stringify({ predicate: reversed, ...rest });
  assertEquals(await findings({ text: await signed(payload) }), []);
});

for (const manifest of [undefined, "", "{}"]) {
  Deno.test(`attestationFindings() finds that there is no manifest in ${manifest}`, async () => {
    assertEquals(await codes({ manifest }), ["predicate_differs"]);
  });
}

Deno.test("the codes of findings are these", () => {
  assertEquals(ATTESTATION_FINDING_CODES, [
    "attestation_missing",
    "attestation_malformed",
    "signature_key",
    "signature_invalid",
    "statement_malformed",
    "subject_missing",
    "subject_unexpected",
    "subject_differs",
    "predicate_differs",
  ]);
});
