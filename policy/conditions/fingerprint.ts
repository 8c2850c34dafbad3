/** Which sequences of three characters occur in some texts. It rules out most operands without a search. */
export interface Fingerprint {
  /** Adds the sequences of a text. */
  add(text: string): void;
  /** False if no text contains the part; true if one may. */
  mayHave(part: string): boolean;
}

/** How many slots there are. Sequences that share a slot are taken for one. */
const SIZE = 2 ** 15;

/** The fingerprint of no text. */
export function fingerprint(): Fingerprint {
  const marks = new Uint8Array(SIZE);
  return {
    add(text) {
      for (let at = 2; at < text.length; at++) marks[slot(text, at)] = 1;
    },
    mayHave(part) {
      for (let at = 2; at < part.length; at++) {
        if (marks[slot(part, at)] === 0) return false;
      }
      return true;
    },
  };
}

/** The slot of the sequence that ends at a character. */
function slot(text: string, at: number): number {
  const [a, b, c] = [
    text.charCodeAt(at - 2),
    text.charCodeAt(at - 1),
    text.charCodeAt(at),
  ];
  return (a * 961 + b * 31 + c) % SIZE;
}
