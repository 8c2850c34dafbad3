import { join } from "../../deps.ts";
import { temporaryFolder } from "../program.ts";

/** A stand-in for the API of GitHub on this machine, which programs reach as a proxy. */
export interface GithubApi extends AsyncDisposable {
  /** What a program of Node needs in its environment to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** What was asked, in order. */
  readonly asked: readonly {
    readonly method: string;
    readonly path: string;
    readonly authorization: string | null;
  }[];
}

const HOST = "api.github.com";

/** Answers by path; everything else is not found. */
export async function githubApi(
  answers: Readonly<Record<string, unknown>>,
): Promise<GithubApi> {
  const folder = temporaryFolder();
  const [key, cert] = ["key.pem", "cert.pem"].map((name) =>
    join(folder.path, name)
  ) as [string, string];
  const made = await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-nodes", "-days", "1"],
      ...["-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", key],
      ...["-out", cert, "-subj", `/CN=${HOST}`],
      ...["-addext", `subjectAltName=DNS:${HOST}`],
    ],
    stderr: "piped",
  }).output();
  if (!made.success) throw new Error(new TextDecoder().decode(made.stderr));
  const asked: GithubApi["asked"][number][] = [];
  const api = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
    key: Deno.readTextFileSync(key),
    cert: Deno.readTextFileSync(cert),
  }, ({ method, url, headers }) => {
    const { pathname } = new URL(url);
    const authorization = headers.get("authorization");
    asked.push({ method, path: pathname, authorization });
    return Object.hasOwn(answers, pathname)
      ? Response.json(answers[pathname])
      : Response.json({ message: "Not Found" }, { status: 404 });
  });
  const proxy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Disposable>();
  const tunnels = (async () => {
    for await (const from of proxy) {
      open.add(from);
      void tunnel(from, api.addr.port).catch(() => {});
    }
  })();
  return {
    asked,
    env: {
      HTTPS_PROXY: `http://127.0.0.1:${proxy.addr.port}`,
      NODE_USE_ENV_PROXY: "1",
      NODE_EXTRA_CA_CERTS: cert,
    },
    async [Symbol.asyncDispose]() {
      using _ = folder;
      proxy.close();
      await tunnels;
      for (const each of open) {
        try {
          each[Symbol.dispose]();
        } catch {
          // It is closed.
        }
      }
      await api.shutdown();
    },
  };
}

/** Leads who asks for a tunnel to GitHub to the port, and nobody else. */
async function tunnel(from: Deno.Conn, port: number): Promise<void> {
  let head = "";
  const bytes = new Uint8Array(4096);
  while (!head.endsWith("\r\n\r\n")) {
    const count = await from.read(bytes);
    if (count === null) return from.close();
    head += new TextDecoder().decode(bytes.subarray(0, count));
  }
  const answer = (line: string) =>
    from.write(new TextEncoder().encode(`HTTP/1.1 ${line}\r\n\r\n`));
  if (!head.startsWith(`CONNECT ${HOST}:443 `)) {
    await answer("403 Forbidden");
    return from.close();
  }
  const to = await Deno.connect({ hostname: "127.0.0.1", port });
  await answer("200 OK");
  await Promise.allSettled([
    from.readable.pipeTo(to.writable),
    to.readable.pipeTo(from.writable),
  ]);
}
