import { directoryStore } from "../../evidence/store/directory_store.ts";
import type { RunStore } from "../../evidence/run_store.ts";

/** Where this program keeps its runs: in directories, by the clock of this machine. */
export const runStore: RunStore = directoryStore({ now: () => new Date() });
