import { assertEquals } from "@std/assert";
import policyText from "../../policy/v1.yaml" with { type: "text" };
import { recordedRedaction } from "./recorded_redaction.ts";

/** What becomes of a report's texts, and how much the report says is left out. */
function redactionIn(text: string) {
  const { redact, patterns, paths } = recordedRedaction(text);
  return { ...redact({ answer: "ab" }), patterns, paths };
}

const NOTHING = { answer: "ab", patterns: 0, paths: 0 };
const WANTED = { answer: "[redacted]b", patterns: 1, paths: 0 };

for (
  const { what, text, want } of [
    { what: "a policy without any", text: policyText, want: NOTHING },
    {
      what: "a policy with some",
      text: `${policyText}redact: { patterns: [a] }\n`,
      want: WANTED,
    },
    {
      what: "a key that is written with an escape",
      text: `${policyText}"\\x72edact": { patterns: [a] }\n`,
      want: WANTED,
    },
    {
      what: "a pattern in a policy that is none",
      text: "redact: { patterns: [a] }\n",
      want: NOTHING,
    },
    { what: "no policy at all", text: "\\", want: NOTHING },
  ]
) {
  Deno.test(`recordedRedaction() takes ${what} for what it is`, () => {
    assertEquals(redactionIn(text), want);
  });
}
