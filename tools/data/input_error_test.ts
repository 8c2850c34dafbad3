import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { InputError } from "./input_error.ts";

const MESSAGES = [
  {
    problem: { path: "a.b[1]", line: 3, message: "wrong" },
    want: "p.yaml:3: a.b[1]: wrong",
  },
  { problem: { path: "a", message: "wrong" }, want: "p.yaml: a: wrong" },
  { problem: { path: "", line: 1, message: "wrong" }, want: "p.yaml:1: wrong" },
  { problem: { path: "", message: "wrong" }, want: "p.yaml: wrong" },
];

for (const { problem, want } of MESSAGES) {
  Deno.test(`InputError says ${want}`, () => {
    assertEquals(new InputError("p.yaml", [problem]).message, want);
  });
}

Deno.test("InputError has a line for every problem", () => {
  const problems = MESSAGES.map(({ problem }) => problem);
  const error = new InputError("p.yaml", problems);
  assertInstanceOf(error, Error);
  assertEquals(error.name, "InputError");
  assertEquals(error.message, MESSAGES.map(({ want }) => want).join("\n"));
  assertEquals([error.source, error.problems], ["p.yaml", problems]);
});

Deno.test("InputError keeps its cause", () => {
  const cause = new Error("broken");
  assertStrictEquals(new InputError("p.yaml", [], { cause }).cause, cause);
});
