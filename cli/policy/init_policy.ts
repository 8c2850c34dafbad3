import { profileTraits } from "../../policy/profiles/profile.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { choice } from "../command/choice.ts";
import { EXIT, type Output, UsageError } from "../command/command.ts";
import { mcpPolicy, type ServerForPolicy } from "./mcp_policy.ts";
import { chosenProfile } from "./chosen_profile.ts";
import { STARTER } from "./starter.ts";

/** `policy init`: prints a policy to begin with. */
export function initPolicy(args: readonly string[], output: Output): number {
  const given = parseCommandLine(args, { options: ["for", "profile"] });
  const purpose = given.option("for");
  const profiles = given.option("profile");
  if (purpose === undefined) {
    if (profiles !== undefined) {
      throw new UsageError("Cannot use --profile without --for mcp");
    }
    output.data(STARTER.trimEnd());
    return EXIT.ok;
  }
  choice(purpose, { where: "Cannot use --for", of: ["mcp"] });
  const names = given.required("profile").split(",");
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new UsageError(`Cannot use the profile ${twice} twice`);
  }
  output.data(
    mcpPolicy(names.map(serverOf), { isAudit: true }).trimEnd(),
  );
  return EXIT.ok;
}

function serverOf(name: string): ServerForPolicy {
  const profile = chosenProfile(name);
  const { reads, env, secrets } = profile;
  return {
    name,
    title:
      `${name}: the server ${profile.package} as of ${profile.tested}, profile edition ${profile.edition}`,
    tools: profile.tools.flatMap(({ match }) => match).map((tool) => ({
      name: `${name}.${tool}`,
      isAllowed: reads.includes(tool),
      notes: [],
    })),
    traits: profileTraits(profile, name),
    env: env.map((each) => ({ name: each, isSecret: secrets.includes(each) })),
  };
}
