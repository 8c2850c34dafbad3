/** A machine of its own as far as the network goes: a network namespace of Linux, with a link to this one. */
export interface Machine {
  /** The address of this machine on that link: nothing else can be reached from there. */
  readonly host: string;
  /** What stands before a command that is executed there. */
  readonly within: readonly string[];
  /** Sets the link down, as when a cable is pulled. */
  cut(): void;
  /** Sets it up again. */
  mend(): void;
}

/** Machines of a test; disposing of them removes them. */
export interface Machines extends Disposable {
  readonly all: readonly Machine[];
}

/** Executes `ip` of iproute2. */
function ip(...args: readonly string[]): void {
  const { success, stderr } = new Deno.Command("ip", { args: [...args] })
    .outputSync();
  if (!success) {
    throw new Error(
      `ip ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`,
    );
  }
}

/**
 * A network of four addresses for one link, of those that RFC 2544 sets apart for
 * measurements, so that it is nobody's.
 */
function addresses(): { readonly here: string; readonly there: string } {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2));
  const net = `198.${18 + (a & 1)}.${a}`;
  const first = b & ~3;
  return { here: `${net}.${first + 1}`, there: `${net}.${first + 2}` };
}

function machine(name: string, stack: DisposableStack): Machine {
  const { here, there } = addresses();
  const [link, end] = [`${name}0`, `${name}1`];
  ip("netns", "add", name);
  // The link goes with it.
  stack.defer(() => ip("netns", "del", name));
  ip("link", "add", link, "type", "veth", "peer", "name", end, "netns", name);
  ip("address", "add", `${here}/30`, "dev", link);
  ip("link", "set", link, "up");
  ip("-netns", name, "address", "add", `${there}/30`, "dev", end);
  ip("-netns", name, "link", "set", end, "up");
  return {
    host: here,
    within: ["ip", "netns", "exec", name],
    cut: () => ip("link", "set", link, "down"),
    mend: () => ip("link", "set", link, "up"),
  };
}

/**
 * Makes two machines. Says in one line why it cannot, and returns `undefined`
 * then: it needs root's right to make namespaces, and iproute2.
 */
export function twoMachines(): Machines | undefined {
  using stack = new DisposableStack();
  const name = `f${crypto.getRandomValues(new Uint8Array(4)).toHex()}`;
  try {
    const all = ["a", "b"].map((each) => machine(`${name}${each}`, stack));
    const made = stack.move();
    return { all, [Symbol.dispose]: () => made.dispose() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.log(`No network namespaces here, so no two machines: ${why}`);
    return undefined;
  }
}
