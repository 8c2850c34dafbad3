import type { BuiltPage } from "../../evidence/page/page_html.ts";

/** What every report page has; `deno task page-build` makes it. */
export async function builtPage(): Promise<BuiltPage> {
  const { default: built } = await import("../../evidence/page/built.json", {
    with: { type: "json" },
  });
  return built;
}
