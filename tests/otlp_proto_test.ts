import { assertEquals } from "@std/assert";
import { join } from "../deps.ts";
import { throughProtobuf } from "./otlp_proto.ts";
import { CANONICAL_RUN } from "./canonical_run.ts";
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";

Deno.test({
  name: "trace.json survives OpenTelemetry's protobuf classes unchanged",
  ignore: lacks("read"),
  fn() {
    const text = Deno.readTextFileSync(
      join(PROJECT, "runs", CANONICAL_RUN, "trace.json"),
    );
    assertEquals(throughProtobuf(text), JSON.parse(text));
  },
});
