import { startDigest } from "../../tools/data/sha256.ts";
import type { RunStarted } from "../../runtime/record/event.ts";
import type { SandboxSource } from "../artifact_source.ts";
import { corpusDigest, isDocumentPath } from "../corpus_digest.ts";
import { counted } from "../../tools/data/counted.ts";
import { MAX_DOCUMENT_BYTES } from "../file_limits.ts";
import type { FindingList } from "./finding_list.ts";
import { quoted } from "../../tools/data/untrusted_text.ts";
import type { BesideCheck } from "./beside_check.ts";
import { type WrittenFile, writtenFiles } from "./written_files.ts";

const CORPUS = "corpus/";

/**
 * Checks the files of a sandbox against the ledger: a file must have the content
 * that our own `write` last wrote to it, and documents that were not written to
 * must be those of the run. Files without a line in the ledger cannot be judged, and
 * those of a folder that is not kept with the record are not looked at.
 */
export function sandboxCheck(
  sandbox: SandboxSource,
  findings: FindingList,
): BesideCheck {
  const written = writtenFiles();
  let started: RunStarted | undefined;
  let isWhole = true;

  function add(code: "other_content" | "other_documents", message: string) {
    findings.add(code, { artifact: "sandbox", message });
  }

  /** Why a file is not what was written; `undefined` when it is. */
  function faultOf(path: string, want: WrittenFile): string | undefined {
    const found = sandbox.look(path);
    if (found.kind === "nothing") return "is not there";
    if (found.kind === "other") return "is not a regular file with one name";
    if (found.bytes !== want.bytes) {
      return `has ${found.bytes} bytes instead of ${want.bytes}`;
    }
    return sha256Of(sandbox.chunks(path)) === want.sha256
      ? undefined
      : "has another content";
  }

  function checkWritten(): void {
    for (const [path, want] of written.files) {
      const fault = want && faultOf(path, want);
      if (fault === undefined) continue;
      add(
        "other_content",
        `${
          quoted(path)
        } ${fault}; line ${want?.line} of state.jsonl wrote it last`,
      );
    }
  }

  function digestOf(path: string): string {
    const found = sandbox.look(path);
    return found.kind === "file" && found.bytes <= MAX_DOCUMENT_BYTES
      ? sha256Of(sandbox.chunks(path))
      : "";
  }

  /** Documents that no call was to write to; at most one more than the run has. */
  function untouched(most: number): readonly string[] {
    const paths: string[] = [];
    for (const path of sandbox.files("corpus")) {
      if (!isDocumentPath(path) || written.files.has(path)) continue;
      paths.push(path);
      if (paths.length > most) break;
    }
    return paths;
  }

  function checkDocuments({ corpus }: RunStarted): void {
    if (corpus.documents === 0) return;
    if (sandbox.look("corpus").kind === "nothing") return;
    const paths = untouched(corpus.documents);
    const isSame = paths.length === corpus.documents &&
      corpusDigest(paths.map((path) => ({
          path: path.slice(CORPUS.length),
          sha256: digestOf(path),
        })
        )) === corpus.sha256;
    // The record does not have a document's text from before a call wrote to it.
    const isExplained = [...written.files.keys()].some((path) =>
      path.startsWith(CORPUS)
    );
    if (isSame || isExplained) return;
    add(
      "other_documents",
      `the files in "corpus" are not the ${
        counted(corpus.documents, "document")
      } of the run, and no line of state.jsonl wrote to them`,
    );
  }

  return {
    push({ event, gap }) {
      if (gap || event === undefined) {
        isWhole = false;
        written.lose();
      }
      if (event === undefined) return;
      if (event.type === "run_started") started ??= event;
      written.push(event);
    },
    end() {
      if (started !== undefined && isElsewhere(started)) return;
      checkWritten();
      if (started !== undefined && isWhole) checkDocuments(started);
    },
  };
}

/** Only a client's session may use a folder that is not kept with its record. */
function isElsewhere({ sandbox, llm }: RunStarted): boolean {
  return sandbox === "elsewhere" && llm.execution_path === "client";
}

function sha256Of(chunks: Iterable<Uint8Array>): string {
  const digest = startDigest();
  for (const chunk of chunks) digest.update(chunk);
  return digest.hex();
}
