/**
 * Runs a GGUF file with llama.cpp: one JSON object a line on standard input asks
 * for a completion, and one a line on standard output gives it.
 *
 * A program of its own, for two reasons. The native package lives in a
 * `node_modules` folder outside of this project's dependencies, which Deno sees
 * only with `--node-modules-dir=manual`, and then no other; so nothing is
 * imported here. And native code may do what it likes: no permission binds it.
 *
 * @module
 */

/** How many tokens prompt and completion may have together. */
const CONTEXT_SIZE = 16_384;

/** A text to go on from, and how. */
export interface CompletionRequest {
  readonly prompt: string;
  /** What may be written, in GBNF with the rule `root`. */
  readonly grammar: string;
  readonly seed: number;
  readonly temperature: number;
  readonly maxTokens: number;
}

/** What was written, or why nothing was. */
export type Completion =
  | {
    readonly text: string;
    readonly promptTokens: number;
    readonly completionTokens: number;
    /** Whether a limit ended the text, not the model. */
    readonly cut: boolean;
  }
  | { readonly refused: "context_length_exceeded"; readonly message: string };

/** What is used of the package `node-llama-cpp`, version 3. */
interface NodeLlamaCpp {
  getLlama(options: {
    readonly gpu: false;
    readonly build: "never";
    readonly skipDownload: true;
    readonly logLevel: "error";
    readonly progressLogs: false;
  }): Promise<Llama>;
  readonly LlamaGrammarEvaluationState: new (
    options: { readonly model: Model; readonly grammar: Grammar },
  ) => GrammarState;
}
interface Llama {
  loadModel(options: { readonly modelPath: string }): Promise<Model>;
  createGrammar(options: { readonly grammar: string }): Promise<Grammar>;
}
interface Model {
  readonly tokens: { readonly bos: number };
  createContext(options: {
    readonly contextSize: number;
    readonly threads: number;
    readonly flashAttention: boolean;
  }): Promise<Context>;
  tokenize(text: string): readonly number[];
  detokenize(tokens: readonly number[]): string;
}
interface Context {
  readonly contextSize: number;
  getSequence(): Sequence;
}
interface Sequence {
  clearHistory(): Promise<void>;
  evaluate(tokens: readonly number[], options: {
    readonly temperature: number;
    readonly seed: number;
    readonly topK: number;
    readonly topP: number;
    readonly grammarEvaluationState: GrammarState;
  }): AsyncIterable<number>;
}
interface Grammar {
  readonly grammar: string;
}
interface GrammarState {
  clone(): GrammarState;
}

/** Loads the package and the model; what comes back writes one completion at a time. */
async function loadModel(
  packages: string,
  modelPath: string,
): Promise<(request: CompletionRequest) => Promise<Completion>> {
  const entry = `file://${packages}/node-llama-cpp/dist/index.js`;
  const library: NodeLlamaCpp = await import(entry);
  const llama = await library.getLlama({
    gpu: false,
    build: "never",
    skipDownload: true,
    logLevel: "error",
    progressLogs: false,
  });
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({
    contextSize: CONTEXT_SIZE,
    // One thread adds up in one order, so the same request gives the same answer.
    threads: 1,
    flashAttention: false,
  });
  const sequence = context.getSequence();

  return async ({ prompt, grammar, seed, temperature, maxTokens }) => {
    const tokens = [model.tokens.bos, ...model.tokenize(prompt)];
    // One token is drawn after the last that is allowed, to see whether it ends.
    const room = context.contextSize - tokens.length - 1;
    if (room < 1) {
      const message = `The prompt has ${tokens.length} tokens, the context ` +
        `${context.contextSize}`;
      return { refused: "context_length_exceeded", message };
    }
    const most = Math.min(maxTokens, room);
    // What an earlier request left would change how the sums are batched.
    await sequence.clearHistory();
    const written: number[] = [];
    let cut = false;
    const evaluation = sequence.evaluate(tokens, {
      temperature,
      seed,
      topK: 0,
      topP: 1,
      grammarEvaluationState: new library.LlamaGrammarEvaluationState({
        model,
        grammar: await llama.createGrammar({ grammar }),
      }),
    });
    for await (const token of evaluation) {
      if (written.length === most) {
        cut = true;
        break;
      }
      written.push(token);
    }
    return {
      text: model.detokenize(written),
      promptTokens: tokens.length,
      completionTokens: written.length,
      cut,
    };
  };
}

async function* lines(): AsyncGenerator<string> {
  let rest = "";
  for await (
    const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  ) {
    const complete = (rest + text).split("\n");
    rest = complete.pop() ?? "";
    yield* complete;
  }
}

if (import.meta.main) {
  const [packages, modelPath] = Deno.args;
  if (packages === undefined || modelPath === undefined) {
    throw new TypeError(
      "Cannot run a model: give the folder of packages and the model file",
    );
  }
  const complete = await loadModel(packages, modelPath);
  console.log(JSON.stringify({ ready: true }));
  for await (const line of lines()) {
    const request: CompletionRequest = JSON.parse(line);
    console.log(JSON.stringify(await complete(request)));
  }
  // Native threads would keep the process alive.
  Deno.exit(0);
}
