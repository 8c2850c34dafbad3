/** Whether a process runs; one that has ended and whose parent takes no note of it does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-o", "stat=", "-p", String(pid)],
    stderr: "null",
  }).output();
  return /^[^Z\s]/.test(new TextDecoder().decode(stdout).trim());
}

/** Waits until none of some processes runs; whether that comes within ten seconds. */
export async function allEnd(pids: readonly number[]): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    const running = await Promise.all(pids.map(isRunning));
    if (!running.includes(true)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
