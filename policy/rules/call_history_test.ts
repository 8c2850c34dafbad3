import { assertEquals } from "@std/assert";
import { CallHistory } from "./call_history.ts";

/** How the last of `calls` repeats the others; each letter stands for a call. */
function repetition(calls: string, max_repeats: number, max_period: number) {
  const history = new CallHistory({ max_repeats, max_period });
  return [...calls].map((key) => history.add(key)).at(-1);
}

/** The number of each call that completes a rotation, from 1. */
function rotationsIn(calls: string, max_repeats: number, max_period: number) {
  const history = new CallHistory({ max_repeats, max_period });
  return [...calls].flatMap((key, index) => {
    const { rotation } = history.add(key);
    return rotation === undefined ? [] : [{ at: index + 1, ...rotation }];
  });
}

for (
  const { calls, identical } of [
    { calls: "a", identical: 1 },
    { calls: "ab", identical: 1 },
    { calls: "aa", identical: 2 },
    { calls: "aba", identical: 2 },
    { calls: "aaaaa", identical: 5 },
    { calls: "abcdefghijklmnopqrstuvwxyza", identical: 2 },
    { calls: "aA", identical: 1 },
  ]
) {
  Deno.test(`CallHistory.add() counts ${identical} in ${calls}`, () => {
    assertEquals(repetition(calls, 3, 4), { identical });
  });
}

const ROTATIONS = [
  { calls: "ababab", want: [{ at: 6, period: 2, rounds: 3 }] },
  { calls: "abcabcabc", want: [{ at: 9, period: 3, rounds: 3 }] },
  { calls: "abcdabcdabcd", want: [{ at: 12, period: 4, rounds: 3 }] },
  { calls: "aabaabaab", want: [{ at: 9, period: 3, rounds: 3 }] },
  { calls: "xyzababab", want: [{ at: 9, period: 2, rounds: 3 }] },
  {
    calls: "abababa",
    want: [
      { at: 6, period: 2, rounds: 3 },
      { at: 7, period: 2, rounds: 3 },
    ],
  },
  {
    calls: "ababababcabcabc",
    want: [
      { at: 6, period: 2, rounds: 3 },
      { at: 7, period: 2, rounds: 3 },
      { at: 8, period: 2, rounds: 3 },
      { at: 15, period: 3, rounds: 3 },
    ],
  },
];

for (const { calls, want } of ROTATIONS) {
  Deno.test(`CallHistory.add() finds the rotation in ${calls}`, () => {
    assertEquals(rotationsIn(calls, 3, 4), want);
  });
}

for (
  const { what, calls } of [
    { what: "two rounds", calls: "ababxab" },
    { what: "an interrupted round", calls: "abaxbabx" },
    { what: "a longer period than is looked for", calls: "abcdeabcdeabcde" },
    { what: "identical calls", calls: "aaaaaaaaaaaa" },
    { what: "different calls", calls: "abcdefghijkl" },
    { what: "an incomplete third round", calls: "abcabcab" },
    { what: "pages of a list", calls: "l1l2l3l4l5" },
  ]
) {
  Deno.test(`CallHistory.add() takes ${what} for no rotation`, () => {
    assertEquals(rotationsIn(calls, 3, 4), []);
  });
}

for (
  const { max_repeats, max_period, calls, want } of [
    {
      max_repeats: 2,
      max_period: 2,
      calls: "abab",
      want: [{ at: 4, period: 2, rounds: 2 }],
    },
    { max_repeats: 2, max_period: 2, calls: "abcabc", want: [] },
    {
      max_repeats: 2,
      max_period: 3,
      calls: "abcabc",
      want: [{ at: 6, period: 3, rounds: 2 }],
    },
    { max_repeats: 1, max_period: 4, calls: "abcdabcd", want: [] },
    { max_repeats: 4, max_period: 4, calls: "ababab", want: [] },
  ]
) {
  Deno.test(`CallHistory.add() finds ${want.length} rotations in ${calls} with limits ${max_repeats} and ${max_period}`, () => {
    assertEquals(rotationsIn(calls, max_repeats, max_period), want);
  });
}
