/** Where a running call reads and writes. */
export interface CallPlaces {
  /** Judged places, as in `PathFacts.resolved`. */
  readonly places: readonly string[];
  /** Whether its tool writes there. */
  readonly writes: boolean;
}

/** The places that running calls use. */
export interface BusyPlaces {
  /** Resolves when no running call uses one of the places, if one of the two writes there. */
  free(call: CallPlaces): Promise<void>;
  /** A call uses its places from here until the result is called. */
  take(call: CallPlaces): () => void;
}

/** No call runs yet. */
export function busyPlaces(): BusyPlaces {
  const running = new Map<CallPlaces, PromiseWithResolvers<void>>();

  function inTheWay(call: CallPlaces): Promise<void> | undefined {
    for (const [other, left] of running) {
      const isShared = (call.writes || other.writes) &&
        call.places.some((place) => other.places.includes(place));
      if (isShared) return left.promise;
    }
  }

  return {
    async free(call) {
      for (let wait = inTheWay(call); wait; wait = inTheWay(call)) await wait;
    },
    take(call) {
      const left = Promise.withResolvers<void>();
      running.set(call, left);
      return () => {
        running.delete(call);
        left.resolve();
      };
    },
  };
}
