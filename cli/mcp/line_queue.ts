/** Lines that come one by one and are read in their order. */
export interface LineQueue {
  push(line: string): void;
  /** No line comes any more. */
  end(): void;
  readonly lines: AsyncIterable<string>;
}

/** An empty queue. */
export function lineQueue(): LineQueue {
  const waiting: string[] = [];
  let isEnded = false;
  let news = Promise.withResolvers<void>();
  const tell = () => {
    news.resolve();
    news = Promise.withResolvers();
  };
  async function* lines(): AsyncGenerator<string, void> {
    while (true) {
      const { promise } = news;
      for (let line = waiting.shift(); line !== undefined;) {
        yield line;
        line = waiting.shift();
      }
      if (waiting.length > 0) continue;
      if (isEnded) return;
      await promise;
    }
  }
  return {
    push(line) {
      waiting.push(line);
      tell();
    },
    end() {
      isEnded = true;
      tell();
    },
    lines: lines(),
  };
}
