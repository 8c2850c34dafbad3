import { policyJsonSchema } from "../policy/document/document.ts";
import { STANDARD_TOOL_NAMES } from "../tools/standard_tools.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { choice } from "./command/choice.ts";
import { type Command, EXIT, UsageError } from "./command/command.ts";
import { readPolicyFile } from "./input/policy_file.ts";
import { toolNameHints, toolsInPolicy } from "./input/tool_name_hints.ts";

/** `policy`: checks a policy file, or prints what one may hold. */
export const policy: Command = {
  summary: "validate a policy file, or print its JSON Schema",
  help: `Usage: policy validate FILE
       policy schema

validate  says which version a policy has, or every problem with its line. A name
          that no tool of this runtime has, but that looks like one's, is
          pointed out on standard error; it may be that of another program's
schema    prints the JSON Schema of a policy file
`,
  run([given, ...rest], output) {
    if (given === undefined) {
      throw new UsageError("Expected validate|schema, found nothing");
    }
    const actions = ["validate", "schema"] as const;
    switch (choice(given, { where: "Cannot understand", of: actions })) {
      case "schema":
        parseCommandLine(rest, {});
        output.data(JSON.stringify(policyJsonSchema(), null, 2));
        return EXIT.ok;
      case "validate": {
        const path = parseCommandLine(rest, { operands: ["FILE"] }).operand(0);
        const { version, document } = readPolicyFile(path);
        const named = toolsInPolicy(document);
        const known = STANDARD_TOOL_NAMES;
        for (const hint of toolNameHints(path, { named, known })) {
          output.note(hint);
        }
        output.data(`${terminalLine(path)}: policy ${version}`);
        return EXIT.ok;
      }
    }
  },
};
