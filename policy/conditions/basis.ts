import type { Label } from "../../tools/label.ts";
import type { CallName, Seen } from "../run_facts.ts";

/** Something that a condition looked at. */
export type Basis =
  | { readonly kind: "value"; readonly path: string; readonly value: unknown }
  | {
    readonly kind: "seen";
    readonly path: string;
    readonly value: unknown;
    /** Where it was seen; `null` if nowhere, or if that is beyond what is indexed. */
    readonly seen: Seen | null;
  }
  | {
    readonly kind: "labels";
    readonly labels: readonly (CallName & { readonly label: Label })[];
  }
  | {
    readonly kind: "ran";
    readonly tools: readonly string[];
    readonly calls: number;
  };
