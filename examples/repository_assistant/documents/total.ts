/** The sum of the prices of an order, in cents. */
export function total(prices: readonly number[]): number {
  return prices.reduce((sum, price) => sum + price);
}
