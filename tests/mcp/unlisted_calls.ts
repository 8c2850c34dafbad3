/** A line of the suite that is another one before the proxy. */
export interface UnlistedCall {
  /** Scenario and check. */
  readonly check: string;
  readonly direct: string;
  readonly proxied: string;
  /** The tool that the suite calls though the server does not list it. */
  readonly tool: string;
}

/**
 * Where the suite of 2026-07-28 calls a tool that the server does not list. The proxy
 * denies the call, which the client gets as the result of a tool; the server itself
 * answers with an error of the protocol. The suite takes the result for that of a tool
 * which began no task, and so counts these lines as met.
 */
export const UNLISTED_CALLS: readonly UnlistedCall[] = [
  {
    check:
      "tasks-capability-negotiation sep-2663-server-rejects-undeclared-client",
    ...{ direct: "FAILURE", proxied: "SUCCESS", tool: "slow_compute" },
  },
  {
    check: "tasks-dispatch-and-envelope sep-2663-legacy-task-param-ignored",
    ...{ direct: "FAILURE", proxied: "SUCCESS", tool: "greet" },
  },
  {
    check: "tasks-dispatch-and-envelope tasks-immediate-result-shortcut",
    ...{ direct: "FAILURE", proxied: "SUCCESS", tool: "slow_compute" },
  },
  {
    check:
      "tasks-dispatch-and-envelope tasks-result-type-complete-on-non-task-responses",
    ...{ direct: "FAILURE", proxied: "SUCCESS", tool: "greet" },
  },
  {
    check: "tasks-lifecycle tasks-sync-tool-call",
    ...{ direct: "FAILURE", proxied: "SUCCESS", tool: "greet" },
  },
];

/** The lines of a suite, in order: scenario, check, and what came of it. */
export type ConformanceLines =
  readonly (readonly [check: string, status: string])[];

/** What differs between two runs of a suite, but for the calls that are expected to. */
export function unexpectedLines(
  { direct, proxied }: {
    readonly direct: ConformanceLines;
    readonly proxied: ConformanceLines;
  },
  expected: readonly UnlistedCall[],
): readonly string[] {
  const left = [...proxied];
  const only: (readonly [string, string])[] = [];
  for (const line of direct) {
    const at = left.findIndex(([check, status]) =>
      check === line[0] && status === line[1]
    );
    if (at === -1) only.push(line);
    else left.splice(at, 1);
  }
  const found = [
    ...only.map(([check, status]) => `direct: ${check} ${status}`),
    ...left.map(([check, status]) => `proxied: ${check} ${status}`),
  ];
  const known = expected.flatMap(({ check, direct, proxied }) => [
    `direct: ${check} ${direct}`,
    `proxied: ${check} ${proxied}`,
  ]);
  return [
    ...found.filter((each) => !known.includes(each)),
    ...known.filter((each) => !found.includes(each))
      .map((each) => `no longer: ${each}`),
  ].sort();
}
