/**
 * Whether a test lacks what it needs and is to be reported as ignored. With
 * the argument `--no-ignored`, which `deno task test` gives, nothing is: a
 * test that lacks a permission then fails.
 */
export function lacks(...names: readonly Deno.PermissionName[]): boolean {
  if (Deno.args.includes("--no-ignored")) return false;
  return names.some((name) =>
    Deno.permissions.querySync({ name }).state !== "granted"
  );
}
