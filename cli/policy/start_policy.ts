import { choice } from "../command/choice.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output, UsageError } from "../command/command.ts";
import { RUN_STARTER } from "./run_starter.ts";

/** `policy init`: prints a policy to begin with. */
export async function startPolicy(
  args: readonly string[],
  output: Output,
): Promise<number> {
  const given = parseCommandLine(args, { options: ["for", "profile", "name"] });
  const purpose = choice(given.option("for") ?? "run", {
    where: "Cannot use --for",
    of: ["run", "mcp"],
  });
  const [profiles, names] = [given.option("profile"), given.option("name")];
  if (purpose === "mcp") {
    output.data((await serverStarter(profiles, names)).trimEnd());
    return EXIT.ok;
  }
  if (profiles !== undefined || names !== undefined) {
    throw new UsageError("--profile and --name go with --for mcp");
  }
  output.data(RUN_STARTER.trimEnd());
  return EXIT.ok;
}

async function serverStarter(
  profiles: string | undefined,
  names: string | undefined,
): Promise<string> {
  // Loaded when it is asked for: it has the texts of all profiles.
  const [{ PROFILE_NAMES, profileFor }, { partOfProfile }, { mcpPolicy }] =
    await Promise.all([
      import("../../policy/profiles/profile.ts"),
      import("../../policy/profiles/server_part.ts"),
      import("../../policy/profiles/mcp_policy.ts"),
    ]);
  if (profiles === undefined) {
    throw new UsageError(
      `--profile is missing: expected names of servers, with commas between them, of ${
        PROFILE_NAMES.join(", ")
      }`,
    );
  }
  const wanted = profiles.split(",");
  const servers = names?.split(",") ?? wanted;
  if (servers.length !== wanted.length) {
    throw new UsageError(
      `Cannot use --name ${names}: expected a name for each profile, ${wanted.length}`,
    );
  }
  const spelled = servers.map((name) => name.toLowerCase());
  const twice = servers.find((name, index) =>
    spelled.indexOf(name.toLowerCase()) < index
  );
  if (twice !== undefined) {
    throw new UsageError(
      `Cannot name two servers "${twice}": give each a name of its own with --name`,
    );
  }
  try {
    return mcpPolicy(
      wanted.map((name, index) =>
        partOfProfile(profileFor(name, servers[index]))
      ),
    );
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
