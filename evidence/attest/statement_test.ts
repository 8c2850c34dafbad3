import { assertEquals } from "@std/assert";
import { ATTESTED_MANIFEST, ATTESTED_RUN } from "../../tests/attested_run.ts";
import { parseManifest } from "./manifest_document.ts";
import { linkPredicateOf, statementOf } from "./statement.ts";

const MANIFEST = parseManifest(ATTESTED_MANIFEST);

const STATEMENT = `{
  "_type": "https://in-toto.io/Statement/v1",
  "subject": [
    {
      "name": "manifest.json",
      "digest": {
        "sha256": "${ATTESTED_RUN.digests["manifest.json"]}"
      }
    },
    {
      "name": "run_report.md",
      "digest": {
        "sha256": "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
      }
    },
    {
      "name": "state.jsonl",
      "digest": {
        "sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      }
    },
    {
      "name": "trace.json",
      "digest": {
        "sha256": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
      }
    }
  ],
  "predicateType": "https://in-toto.io/attestation/link/v0.3",
  "predicate": {
    "name": "run",
    "materials": [
      {
        "name": "code",
        "digest": {
          "gitCommit": "0123456789abcdef0123456789abcdef01234567"
        }
      },
      {
        "name": "corpus",
        "digest": {
          "sha256": "4444444444444444444444444444444444444444444444444444444444444444"
        }
      },
      {
        "name": "llm_script",
        "digest": {
          "sha256": "3333333333333333333333333333333333333333333333333333333333333333"
        }
      },
      {
        "name": "policy",
        "digest": {
          "sha256": "2222222222222222222222222222222222222222222222222222222222222222"
        }
      },
      {
        "name": "task",
        "digest": {
          "sha256": "1111111111111111111111111111111111111111111111111111111111111111"
        }
      }
    ],
    "byproducts": {
      "run_id": "attested",
      "terminal_reason": "final_answer",
      "ledger": {
        "lines": 12,
        "head": "5555555555555555555555555555555555555555555555555555555555555555"
      }
    },
    "environment": {
      "version": "0.0.0",
      "seed": 7,
      "llm_execution_path": "stub"
    }
  }
}`;

Deno.test("statementOf() states exactly this", () => {
  const statement = statementOf(MANIFEST, ATTESTED_RUN.digests);
  assertEquals(JSON.stringify(statement, null, 2), STATEMENT);
});

Deno.test("linkPredicateOf() leaves out what has no digest", () => {
  const { materials } = linkPredicateOf({
    ...MANIFEST,
    code: { ...MANIFEST.code, git_sha: null },
    inputs: { ...MANIFEST.inputs, llm_script_sha256: null },
  });
  assertEquals(materials.map(({ name }) => name), ["corpus", "policy", "task"]);
});
