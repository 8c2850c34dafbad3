import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { moneyText, nanosOf } from "./money.ts";

for (
  const { amount, nanos, text } of [
    { amount: "1.50", nanos: 1_500_000_000n, text: "1.50 EUR" },
    { amount: "1.5", nanos: 1_500_000_000n, text: "1.50 EUR" },
    { amount: "0", nanos: 0n, text: "0.00 EUR" },
    { amount: "20", nanos: 20_000_000_000n, text: "20.00 EUR" },
    { amount: "0.000000001", nanos: 1n, text: "0.000000001 EUR" },
    { amount: "0.0000125", nanos: 12_500n, text: "0.0000125 EUR" },
    {
      amount: "999999999999.999999999",
      nanos: 999_999_999_999_999_999_999n,
      text: "999999999999.999999999 EUR",
    },
  ]
) {
  Deno.test(`nanosOf() reads ${amount}, and moneyText() writes ${text}`, () => {
    assertEquals(nanosOf(amount), nanos);
    assertEquals(moneyText(nanos, "EUR"), text);
  });
}

for (
  const amount of [
    ...["", "-1", "+1", "1e3", "01", "1.", ".5", "1,5", " 1", "1\n", "0x1"],
    ...["1.0000000001", "1000000000000", "NaN", "１"],
  ]
) {
  Deno.test(`nanosOf() refuses ${JSON.stringify(amount)}`, () => {
    assertThrows(() => nanosOf(amount), SyntaxError, "as an amount of money");
  });
}

Deno.test("moneyText() loses nothing, and writes different amounts differently", () => {
  const nanos = fc.bigInt({ min: 0n, max: 10n ** 21n - 1n });
  fc.assert(fc.property(nanos, (amount) => {
    const [text = ""] = moneyText(amount, "EUR").split(" ");
    assertEquals(nanosOf(text), amount);
  }));
});
