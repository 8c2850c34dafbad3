import { assertEquals } from "@std/assert";
import { NOBODY, rejection } from "./answer.ts";

for (
  const { approver, want } of [
    { approver: "ada", want: "rejected by ada: notes are read by customers" },
    {
      approver: NOBODY,
      want: "nobody approved it: notes are read by customers",
    },
  ]
) {
  Deno.test(`rejection() of ${approver} says who and why it was asked`, () => {
    assertEquals(
      rejection({ approver }, "notes are read by customers"),
      want,
    );
  });
}

Deno.test("NOBODY is what the record says of nobody", () => {
  assertEquals(NOBODY, "none");
});
