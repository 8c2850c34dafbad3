import { assertEquals } from "@std/assert";
import { proposed } from "../../tests/proposal.ts";
import { recordedFacts } from "./recorded_facts.ts";

Deno.test("recordedFacts() of a call without look-ups is empty", () => {
  assertEquals(recordedFacts(proposed()), {
    args_error: null,
    paths: [],
    hosts: [],
  });
});

Deno.test("recordedFacts() says why the arguments do not fit, and where", () => {
  const { args_error } = recordedFacts(proposed({
    args: {
      ok: false,
      value: { text: 1 },
      canonical: '{"text":1}',
      reason: "expected string",
      path: "text",
    },
  }));
  assertEquals(args_error, { reason: "expected string", path: "text" });
});

Deno.test("recordedFacts() has every path and host, in the order in which they were looked up", () => {
  const addresses = [
    { address: "8.8.8.8", range: "unicast" },
    { address: "::1", range: "loopback" },
  ];
  const recorded = recordedFacts(proposed({
    facts: {
      paths: new Map([
        ["b", {
          resolved: "<outside>",
          inside: false,
          viaLink: true,
          dotdotAfterLink: true,
          special: true,
          hardLinked: false,
        }],
        ["./a", {
          resolved: "<sandbox>/a",
          inside: true,
          viaLink: false,
          dotdotAfterLink: false,
          special: false,
          hardLinked: true,
        }],
      ]),
      addresses: new Map([["b.test", addresses], ["a.test", []]]),
    },
  }));
  assertEquals(
    JSON.stringify(recorded),
    JSON.stringify({
      args_error: null,
      paths: [
        {
          path: "b",
          resolved: "<outside>",
          inside: false,
          via_link: true,
          dotdot_after_link: true,
          special: true,
          hard_linked: false,
        },
        {
          path: "./a",
          resolved: "<sandbox>/a",
          inside: true,
          via_link: false,
          dotdot_after_link: false,
          special: false,
          hard_linked: true,
        },
      ],
      hosts: [
        { host: "b.test", addresses },
        { host: "a.test", addresses: [] },
      ],
    }),
  );
});
