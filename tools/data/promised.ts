/**
 * Does some work at once, and gives what it returns or throws as a promise, as
 * `Promise.try` does, which Node 22 does not have.
 *
 * @example
 * ```ts
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * assertEquals(await promised(() => 1), 1);
 * await assertRejects(() => promised(() => JSON.parse("")), SyntaxError);
 * ```
 */
export function promised<T>(work: () => T | PromiseLike<T>): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}
