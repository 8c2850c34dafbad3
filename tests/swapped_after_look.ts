/**
 * Does `work` while somebody exchanges a file right after it was looked at: the
 * first `lstat` is told what was there before.
 */
export function swappedAfterLook<T>(swap: () => void, work: () => T): T {
  const look = Deno.lstatSync;
  let isSwapped = false;
  Object.assign(Deno, {
    lstatSync(path: string) {
      const info = look(path);
      if (!isSwapped) swap();
      isSwapped = true;
      return info;
    },
  });
  try {
    return work();
  } finally {
    Object.assign(Deno, { lstatSync: look });
  }
}
