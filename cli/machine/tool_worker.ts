/**
 * The entry of the Worker in which the five tools of a run live. It may do only
 * what the policy says, so everything that it needs is in its module graph.
 *
 * @module
 */
import { serveRunTools } from "./serve_run_tools.ts";

serveRunTools();
