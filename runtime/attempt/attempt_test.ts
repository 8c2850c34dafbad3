import { assertEquals } from "@std/assert";
import { ToolError } from "../../tools/tool_error.ts";
import { attempt } from "./attempt.ts";
import { hanging } from "../../tests/rehearsal.ts";

const NEVER = new AbortController().signal;

function named(name: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { name });
}

/** An error inside `depth` others. */
function wrapped(error: Error, depth: number): Error {
  return depth === 0
    ? error
    : new Error("outer", { cause: wrapped(error, depth - 1) });
}

const REFUSAL = named("NotCapable", "Requires net access");

const THROWN: readonly {
  readonly name: string;
  readonly thrown: unknown;
  readonly want: readonly [
    kind: string,
    type: string,
    exceptionClass: string,
    message: string,
  ];
}[] = [
  {
    name: "a transient ToolError",
    thrown: new ToolError("busy", { type: "503", transient: true }),
    want: ["transient", "503", "ToolError", "busy"],
  },
  {
    name: "a ToolError that is not transient",
    thrown: new ToolError("no file", { type: "not_found" }),
    want: ["reported", "not_found", "ToolError", "no file"],
  },
  {
    name: "a ToolError with a harmless cause",
    thrown: new ToolError("busy", {
      type: "503",
      transient: true,
      cause: new TypeError("socket"),
    }),
    want: ["transient", "503", "ToolError", "busy"],
  },
  {
    name: "an undeclared error",
    thrown: new RangeError("9 is too much"),
    want: ["unhandled", "RangeError", "RangeError", "9 is too much"],
  },
  {
    name: "an error that only claims to be a ToolError",
    thrown: Object.assign(new Error("busy"), {
      name: "ToolError",
      type: "503",
      transient: true,
    }),
    want: ["unhandled", "ToolError", "ToolError", "busy"],
  },
  {
    name: "a permission refusal",
    thrown: REFUSAL,
    want: [
      "permission_denied",
      "permission_denied",
      "NotCapable",
      "the process has no permission for this (--allow-net)",
    ],
  },
  {
    name: "a permission refusal that says to what",
    thrown: named(
      "NotCapable",
      'Requires read access to "/etc/passwd", run again with the --allow-read flag',
    ),
    want: [
      "permission_denied",
      "permission_denied",
      "NotCapable",
      "the process has no permission for this (--allow-read)",
    ],
  },
  {
    name: "a permission refusal of everything of its kind",
    thrown: named(
      "NotCapable",
      "Requires env access, run again with the --allow-env flag",
    ),
    want: [
      "permission_denied",
      "permission_denied",
      "NotCapable",
      "the process has no permission for this (--allow-env)",
    ],
  },
  {
    name: "a refused import",
    thrown: new TypeError(
      'Requires import access to "a.test:443", run again with the --allow-import flag',
    ),
    want: [
      "permission_denied",
      "permission_denied",
      "TypeError",
      "the process has no permission for this (--allow-import)",
    ],
  },
  {
    name: "an error that only speaks of access",
    thrown: new TypeError("Cannot say what Requires net access to do"),
    want: [
      "unhandled",
      "TypeError",
      "TypeError",
      "Cannot say what Requires net access to do",
    ],
  },
  {
    name: "a permission refusal of the operating system",
    thrown: named("PermissionDenied", "EACCES"),
    want: [
      "permission_denied",
      "permission_denied",
      "PermissionDenied",
      "the operating system refused it",
    ],
  },
  {
    name: "a permission refusal that caused a transient ToolError",
    thrown: new ToolError("busy", {
      type: "network",
      transient: true,
      cause: REFUSAL,
    }),
    want: [
      "permission_denied",
      "permission_denied",
      "NotCapable",
      "the process has no permission for this (--allow-net)",
    ],
  },
  {
    name: "a permission refusal below a ToolError and another error",
    thrown: new ToolError("busy", {
      type: "network",
      transient: true,
      cause: named("TypeError", "fetch failed", REFUSAL),
    }),
    want: [
      "permission_denied",
      "permission_denied",
      "NotCapable",
      "the process has no permission for this (--allow-net)",
    ],
  },
  {
    name: "a permission refusal seven causes deep",
    thrown: wrapped(REFUSAL, 7),
    want: [
      "permission_denied",
      "permission_denied",
      "NotCapable",
      "the process has no permission for this (--allow-net)",
    ],
  },
  {
    name: "an error that causes itself",
    thrown: (() => {
      const error = new Error("again");
      error.cause = error;
      return error;
    })(),
    want: ["unhandled", "Error", "Error", "again"],
  },
  {
    name: "half an emoji in a message",
    thrown: named("Odd\ud83d", "cut \ud83d"),
    want: ["unhandled", "Odd\ufffd", "Odd\ufffd", "cut \ufffd"],
  },
  {
    name: "an error without a name",
    thrown: named("", "?"),
    want: ["unhandled", "Error", "Error", "?"],
  },
  {
    name: "an error whose name and message are not strings",
    thrown: Object.assign(new Error(), { name: 7, message: { code: 1 } }),
    want: ["unhandled", "7", "7", "[object Object]"],
  },
  {
    name: "an error whose message cannot be written",
    thrown: Object.assign(new Error(), { message: Object.create(null) }),
    want: ["unhandled", "Error", "Error", "(cannot be shown)"],
  },
  {
    name: "a string",
    thrown: "oops",
    want: ["unhandled", "string", "string", "oops"],
  },
  {
    name: "nothing",
    thrown: undefined,
    want: ["unhandled", "undefined", "undefined", "undefined"],
  },
  {
    name: "a symbol",
    thrown: Symbol("s"),
    want: ["unhandled", "symbol", "symbol", "Symbol(s)"],
  },
  {
    name: "an object that cannot be written",
    thrown: Object.create(null),
    want: ["unhandled", "object", "object", "(cannot be shown)"],
  },
];

for (const { name, thrown, want } of THROWN) {
  const [kind, type, exception_class, message] = want;
  Deno.test(`attempt() takes ${name} for ${kind}`, async () => {
    assertEquals(await attempt(() => Promise.reject(thrown), NEVER), {
      ok: false,
      error: { kind, type, exception_class, message },
    });
  });
  Deno.test(`attempt() takes ${name} for cancelled when the run was`, async () => {
    const controller = new AbortController();
    const attempted = await attempt(() => {
      controller.abort();
      return Promise.reject(thrown);
    }, controller.signal);
    assertEquals(attempted.ok ? "ok" : attempted.error.kind, "cancelled");
  });
}

Deno.test("attempt() returns what the work returns", async () => {
  assertEquals(await attempt(() => Promise.resolve(7), NEVER), {
    ok: true,
    value: 7,
  });
});

Deno.test("attempt() turns an error into a value that is thrown before there is a promise", async () => {
  const attempted = await attempt(() => {
    throw new RangeError("at once");
  }, NEVER);
  assertEquals(attempted.ok, false);
});

const CANCELLED = {
  ok: false,
  error: {
    kind: "cancelled",
    type: "cancelled",
    exception_class: "AbortError",
    message: "The signal has been aborted",
  },
};

Deno.test("attempt() does no work for a run that is cancelled", async () => {
  let worked = false;
  const attempted = await attempt(() => {
    worked = true;
    return Promise.resolve();
  }, AbortSignal.abort());
  assertEquals([worked, attempted], [false, CANCELLED]);
});

Deno.test("attempt() abandons hanging work when the run is cancelled", async () => {
  const controller = new AbortController();
  const attempted = attempt(hanging, controller.signal);
  controller.abort();
  assertEquals(await attempted, CANCELLED);
});

Deno.test("attempt() abandons hanging work that cancelled the run itself", async () => {
  const controller = new AbortController();
  const attempted = attempt(() => {
    controller.abort();
    return hanging();
  }, controller.signal);
  assertEquals(await attempted, CANCELLED);
});

Deno.test("attempt() keeps a result that was there before the run was cancelled", async () => {
  const controller = new AbortController();
  const attempted = attempt(() => Promise.resolve("made"), controller.signal);
  queueMicrotask(() => queueMicrotask(() => controller.abort()));
  assertEquals(await attempted, { ok: true, value: "made" });
});

Deno.test("attempt() ignores the outcome of abandoned work", async () => {
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const attempted = attempt(() => late.promise, controller.signal);
  controller.abort();
  await attempted;
  late.reject(new Error("This must not be seen"));
  await Promise.resolve();
});

Deno.test("attempt() does not listen to the signal when the work is done", async () => {
  let listeners = 0;
  const { signal } = new AbortController();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  Object.defineProperties(signal, {
    addEventListener: {
      value: (...given: Parameters<typeof add>) => {
        listeners += 1;
        add(...given);
      },
    },
    removeEventListener: {
      value: (...given: Parameters<typeof remove>) => {
        listeners -= 1;
        remove(...given);
      },
    },
  });
  for (let count = 0; count < 3; count++) {
    await attempt(() => Promise.resolve(), signal);
    await attempt(() => Promise.reject(new Error()), signal);
  }
  await Promise.resolve();
  assertEquals(listeners, 0);
});
