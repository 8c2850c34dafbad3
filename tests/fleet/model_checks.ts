/**
 * Runs of a fleet that ask a model: keys are those of the workers, and a provider
 * is asked at the rate that they say.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { completion, error, llmServer, silence } from "../llm_server.ts";
import { awayTwice } from "./away_twice.ts";
import { cluster } from "./cluster.ts";
import { fleetFolder } from "./fleet_folder.ts";

const server = await cluster();
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

const SPEC = "openai-compatible:small";
const SECRET = "sk-of-the-worker";
const ALL_FINISHED = "bool_and(state = 'finished')";
const DONE = completion({ content: "done" });

const SAYING = completion({
  calls: [{ id: "1", name: "note", arguments: '{"text":"hi"}' }],
});

/** A fleet whose workers may ask the model at an address. */
async function fleetOf(baseUrl: string) {
  const fleet = await fleetFolder(server);
  // Only processes of workers have it, and what this one starts.
  Deno.env.set("FLEET_MODEL_KEY", SECRET);
  Deno.writeTextFileSync(
    fleet.place("worker.yaml"),
    Deno.readTextFileSync(fleet.place("worker.yaml")) +
      `models: [{ llm: "${SPEC}", base_url: "${baseUrl}", api_key_env: FLEET_MODEL_KEY }]\n`,
  );
  /** Submits so many tasks without a script. */
  const submit = async (count: number) => {
    const tasks = Array.from({ length: count }, (_, index) => {
      const path = fleet.place(`asks${index}.yaml`);
      const task = { question: "What?", policy: "policy.yaml" };
      Deno.writeTextFileSync(
        path,
        JSON.stringify({ id: `asks${index}`, ...task }),
      );
      return path;
    });
    return await fleet.submit(tasks, ["--llm", SPEC]);
  };
  return {
    fleet,
    submit,
    [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose](),
  };
}

Deno.test("a model gets the key of the worker, and nothing else has it", async () => {
  await using model = llmServer([SAYING, DONE]);
  await using here = await fleetOf(model.baseUrl);
  const { fleet } = here;
  const [run = ""] = await here.submit(1);
  fleet.worker();
  await fleet.until(ALL_FINISHED);
  assertEquals(
    model.requests.map(({ headers }) => headers.get("authorization")),
    [`Bearer ${SECRET}`, `Bearer ${SECRET}`],
  );
  const rows = await fleet.database.query(
    `select run::text as row from fleet.run union all
     select line from fleet.ledger_line union all select line from fleet.incident
     union all select job::text from fleet_jobs.job`,
  );
  assertEquals(JSON.stringify(rows).includes(SECRET), false);
  assertEquals(fleet.said().includes(SECRET), false);
  const verified = await fleet.as("reader", [
    ...["runs", "verify", run, "--db", "env"],
  ]);
  assertEquals(verified.code, 0, verified.stdout + verified.stderr);
});

Deno.test("a question whose answer is not on record is asked again by the next worker", async () => {
  const asked = Promise.withResolvers<void>();
  await using model = llmServer([SAYING, silence(asked.resolve), DONE]);
  await using here = await fleetOf(model.baseUrl);
  const { fleet } = here;
  const [run = ""] = await here.submit(1);
  const first = fleet.worker(["--lease", "5"]);
  await asked.promise;
  first.kill("SIGKILL");
  await first.status;
  fleet.worker(["--lease", "5"]);
  await fleet.until(ALL_FINISHED, { seconds: 60 });
  const [, second, third] = model.requests.map(({ body }) =>
    JSON.stringify(body)
  );
  assertEquals(third, second);
  const begun = fleet.journal().filter(({ what }) => what === "begin");
  assertEquals(begun.length, 1);
  const ledger = (await fleet.exported(run)).get("state.jsonl") ?? "";
  assertEquals(ledger.split('"type":"llm_completed"').length - 1, 2);
});

Deno.test("a run whose model is out is given back, and its incidents say so", async () => {
  const away = error(503, { message: "out" });
  await using model = llmServer(Array.from({ length: 50 }, () => away));
  await using here = await fleetOf(model.baseUrl);
  const { fleet } = here;
  const [run = ""] = await here.submit(1);
  fleet.worker();
  await fleet.until("bool_and(state = 'queued' and epoch = 1 and lines > 0)");
  const shown = await fleet.as("reader", ["runs", "show", run, "--db", "env"]);
  assertStringIncludes(shown.stdout, '"type":"model_outage"');
  assertStringIncludes(shown.stdout, "tries: 0\n");
});

Deno.test("a database that is away when a token is taken is no failure of the model", async () => {
  await using model = llmServer([SAYING, DONE]);
  await using here = await fleetOf(model.baseUrl);
  const { fleet } = here;
  // It shuts down twice when the run asks.
  await awayTwice(
    fleet.database,
    "before update on fleet.rate for each row when (new.tokens < old.tokens)",
  );
  await here.submit(1);
  fleet.worker(["--rate", "openai-compatible=100/s"]);
  await fleet.until(ALL_FINISHED);
  const rows = await fleet.database.query(
    `select terminal_reason, (select last_value > 2 from fleet.tries) as away_twice
     from fleet.run`,
  );
  assertEquals(rows, [{ terminal_reason: "final_answer", away_twice: true }]);
  assertEquals(model.requests.length, 2);
});

Deno.test("all workers together ask a provider at its rate", async () => {
  const at: number[] = [];
  const answers = Array.from({ length: 40 }, () => () => {
    at.push(performance.now());
    return DONE(new AbortController().signal);
  });
  await using model = llmServer(answers);
  await using here = await fleetOf(model.baseUrl);
  const { fleet } = here;
  await here.submit(answers.length);
  for (let worker = 0; worker < 2; worker++) {
    fleet.worker(["--concurrency", "8", "--rate", "openai-compatible=8/s"]);
  }
  await fleet.until(ALL_FINISHED, { seconds: 60 });
  assertEquals(at.length, answers.length);
  // Whenever one looks: the tokens of a second, and what fills in meanwhile; a
  // request may be a little late.
  for (const [from, begun] of at.entries()) {
    for (const [until, end] of at.entries()) {
      const seconds = (end - begun) / 1000;
      const most = 8 + 8 * (seconds + 0.5);
      const found = until - from + 1;
      assert(found <= most, `${found} in ${seconds} s`);
    }
  }
});

Deno.test("a rate that is none is refused", async () => {
  await using fleet = await fleetFolder(server);
  const refused = await fleet.as("worker", [
    ...["worker", "--config", "worker.yaml", "--rate", "openai=fast"],
  ]);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, "expected PROVIDER=N/s");
});
