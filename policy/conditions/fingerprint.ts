/** Which parts of three characters some texts have, so that most of what stands in none of them is told without a search. */
export interface Fingerprint {
  /** Adds the parts of a text. */
  add(text: string): void;
  /** False for what stands in none of the texts; true for what perhaps does. */
  mayHave(part: string): boolean;
}

/** How many parts are told apart; others count as one of these. */
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

/** Where the part that ends at a character is marked. */
function slot(text: string, at: number): number {
  const [a, b, c] = [
    text.charCodeAt(at - 2),
    text.charCodeAt(at - 1),
    text.charCodeAt(at),
  ];
  return (a * 961 + b * 31 + c) % SIZE;
}
