/**
 * Makes a language model that is small but whole: a llama of two layers whose
 * vocabulary is the 256 bytes, with weights from a seeded generator. It says
 * nothing sensible; what a model says here is only as long as a grammar makes
 * it. The same seed gives the same bytes.
 *
 * The names of metadata and tensors are those of the architecture `llama` in
 * the GGUF specification; see `gguf.ts` for its source.
 *
 * Run as a program, it writes the model into the file that it is given:
 * `deno run --allow-write=DIR tests/model/make_gguf.ts DIR/model.gguf`
 *
 * @module
 */
import { encodeGguf, type GgufTensor, type GgufValue } from "./gguf.ts";

/**
 * The seed of the weights: one of the first under which a few requests already
 * call every tool and answer as well.
 */
const WEIGHTS_SEED = 5;
/** How many tokens the model can see at once. */
const CONTEXT_LENGTH = 16_384;

const EMBEDDING = 64;
const LAYERS = 2;
const HEADS = 4;
const FEED_FORWARD = 128;

/** Types of a token in the specification. */
const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
const BYTE = 6;

interface Token {
  readonly text: string;
  readonly type: number;
}

const VOCABULARY: readonly Token[] = [
  // A grammar takes even these for their text, which it must not allow.
  { text: "«unknown»", type: UNKNOWN },
  { text: "«begin»", type: CONTROL },
  { text: "«end»", type: CONTROL },
  ...Array.from({ length: 256 }, (_, byte) => ({
    text: `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
    type: BYTE,
  })),
  // How a vocabulary of this kind spells a space.
  { text: "\u2581", type: NORMAL },
];

/** The model as the bytes of a GGUF file. */
export function makeGguf(seed: number = WEIGHTS_SEED): Uint8Array {
  return encodeGguf({ metadata: METADATA, tensors: [...tensors(seed)] });
}

const METADATA: Readonly<Record<string, GgufValue>> = {
  "general.architecture": { string: "llama" },
  "general.name": { string: "random bytes" },
  "general.alignment": { uint32: 32 },
  "general.file_type": { uint32: 0 },
  "llama.context_length": { uint32: CONTEXT_LENGTH },
  "llama.embedding_length": { uint32: EMBEDDING },
  "llama.block_count": { uint32: LAYERS },
  "llama.feed_forward_length": { uint32: FEED_FORWARD },
  "llama.attention.head_count": { uint32: HEADS },
  "llama.attention.head_count_kv": { uint32: HEADS },
  "llama.attention.layer_norm_rms_epsilon": { float32: 1e-5 },
  "llama.rope.dimension_count": { uint32: EMBEDDING / HEADS },
  "llama.rope.freq_base": { float32: 10_000 },
  "llama.vocab_size": { uint32: VOCABULARY.length },
  "tokenizer.ggml.model": { string: "llama" },
  "tokenizer.ggml.tokens": { strings: VOCABULARY.map(({ text }) => text) },
  "tokenizer.ggml.scores": { float32s: VOCABULARY.map(() => 0) },
  "tokenizer.ggml.token_type": { int32s: VOCABULARY.map(({ type }) => type) },
  "tokenizer.ggml.unknown_token_id": { uint32: 0 },
  "tokenizer.ggml.bos_token_id": { uint32: 1 },
  "tokenizer.ggml.eos_token_id": { uint32: 2 },
  "tokenizer.ggml.add_bos_token": { bool: true },
  "tokenizer.ggml.add_eos_token": { bool: false },
  "tokenizer.ggml.add_space_prefix": { bool: false },
};

function* tensors(seed: number): Generator<GgufTensor> {
  const random = generator(seed);
  /** Of mean 0, with a spread that keeps the length of what it multiplies. */
  const matrix = (name: string, columns: number, rows: number, gain = 1) => ({
    name: `${name}.weight`,
    dimensions: [columns, rows],
    values: Float32Array.from(
      { length: columns * rows },
      () => (random() - 0.5) * Math.sqrt(12 / columns) * gain,
    ),
  });
  const norm = (name: string) => ({
    name: `${name}.weight`,
    dimensions: [EMBEDDING],
    values: new Float32Array(EMBEDDING).fill(1),
  });
  const size = VOCABULARY.length;
  yield matrix("token_embd", EMBEDDING, size, Math.sqrt(EMBEDDING));
  for (let layer = 0; layer < LAYERS; layer++) {
    const block = `blk.${layer}`;
    yield norm(`${block}.attn_norm`);
    yield matrix(`${block}.attn_q`, EMBEDDING, EMBEDDING, 2);
    yield matrix(`${block}.attn_k`, EMBEDDING, EMBEDDING, 2);
    yield matrix(`${block}.attn_v`, EMBEDDING, EMBEDDING);
    yield matrix(`${block}.attn_output`, EMBEDDING, EMBEDDING, 2);
    yield norm(`${block}.ffn_norm`);
    yield matrix(`${block}.ffn_gate`, EMBEDDING, FEED_FORWARD);
    yield matrix(`${block}.ffn_up`, EMBEDDING, FEED_FORWARD);
    yield matrix(`${block}.ffn_down`, FEED_FORWARD, EMBEDDING);
  }
  yield norm("output_norm");
  // Half as far apart, so that the seed of a request has a say in every choice.
  yield matrix("output", EMBEDDING, size, 0.5);
}

/** Numbers in [0, 1) of a 32-bit generator (mulberry32), the same on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (import.meta.main) {
  const [path] = Deno.args;
  if (path === undefined) {
    throw new TypeError('Cannot write "": give the path of the file');
  }
  Deno.writeFileSync(path, makeGguf());
}
