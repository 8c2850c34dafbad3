/** Digits after the point of an amount: it is counted in 10^-9 of a currency's unit. */
const PLACES = 9;

/** An amount as people write it: `1.50`, with up to nine places. */
export const AMOUNT = /^(0|[1-9]\d{0,11})(\.\d{1,9})?$/;

/**
 * Reads an amount such as `1.50` in 10^-9 of the currency's unit, exactly.
 *
 * @throws {SyntaxError} when the text does not have the form of `AMOUNT`
 */
export function nanosOf(amount: string): bigint {
  if (!AMOUNT.test(amount)) {
    throw new SyntaxError(`Cannot read "${amount}" as an amount of money`);
  }
  const [units = "", places = ""] = amount.split(".");
  return BigInt(units + places.padEnd(PLACES, "0"));
}

/** Writes 10^-9 of a currency's unit, exactly and in one way only: `0.00 EUR`, `0.0000125 EUR`. */
export function moneyText(nanos: bigint, currency: string): string {
  const digits = nanos.toString().padStart(PLACES + 1, "0");
  const places = digits.slice(-PLACES).replace(/0+$/, "").padEnd(2, "0");
  return `${digits.slice(0, -PLACES)}.${places} ${currency}`;
}
