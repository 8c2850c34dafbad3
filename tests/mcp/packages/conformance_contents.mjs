// What the servers for the suites of `@modelcontextprotocol/conformance` hold in both
// eras of the protocol: contents, tools that need nothing of their client, resources and
// prompts.

// One pixel, and a sound of two zero samples.
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
const WAV = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=";

export const text = (said) => ({ type: "text", text: said });
const image = { type: "image", data: PNG, mimeType: "image/png" };
const embedded = (uri, said, mimeType = "text/plain") => ({
  type: "resource",
  resource: { uri, mimeType, text: said },
});

const string = { type: "string" };

/** Tools that answer by themselves. */
export const PLAIN_TOOLS = {
  test_simple_text: { run: () => [text("This is a simple text response.")] },
  test_image_content: { run: () => [image] },
  test_audio_content: {
    run: () => [{ type: "audio", data: WAV, mimeType: "audio/wav" }],
  },
  test_embedded_resource: {
    run: () => [embedded("test://embedded-resource", "An embedded resource.")],
  },
  test_multiple_content_types: {
    run: () => [
      text("Text, an image and a resource:"),
      image,
      embedded("test://mixed", '{"test":"data"}', "application/json"),
    ],
  },
  test_error_handling: {
    run() {
      throw new Error("This tool intentionally returns an error for testing");
    },
  },
  json_schema_2020_12_tool: {
    schema: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      $defs: {
        address: {
          $anchor: "addressDef",
          type: "object",
          properties: { street: string, city: string },
        },
      },
      properties: {
        name: string,
        address: { $ref: "#/$defs/address" },
        contactMethod: { ...string, enum: ["phone", "email"] },
        phone: string,
        email: string,
      },
      allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
      if: {
        properties: { contactMethod: { const: "phone" } },
        required: ["contactMethod"],
      },
      then: { required: ["phone"] },
      else: { required: ["email"] },
      additionalProperties: false,
    },
    run: (args) => [text(JSON.stringify(args))],
  },
};

export const RESOURCES = {
  "test://static-text": { mimeType: "text/plain", text: "A static text." },
  "test://static-binary": { mimeType: "image/png", blob: PNG },
  "test://watched-resource": { mimeType: "text/plain", text: "Watched." },
};

export const TEMPLATE = "test://template/{id}/data";

/** The contents of a resource; `undefined` when there is none. */
export function resource(uri) {
  const [, id] = /^test:\/\/template\/([^/]+)\/data$/.exec(uri) ?? [];
  if (id !== undefined) {
    const data = JSON.stringify({ id, templateTest: true });
    return { uri, mimeType: "application/json", text: data };
  }
  if (Object.hasOwn(RESOURCES, uri)) return { uri, ...RESOURCES[uri] };
}

export const user = (content) => ({ role: "user", content });

export const PROMPTS = {
  test_simple_prompt: { messages: () => [user(text("A simple prompt."))] },
  test_prompt_with_arguments: {
    names: ["arg1", "arg2"],
    messages: ({ arg1, arg2 }) => [
      user(text(`arg1='${arg1}', arg2='${arg2}'`)),
    ],
  },
  test_prompt_with_embedded_resource: {
    names: ["resourceUri"],
    messages: ({ resourceUri }) => [
      user(embedded(resourceUri, "Embedded.")),
      user(text("Please process it.")),
    ],
  },
  test_prompt_with_image: {
    messages: () => [user(image), user(text("Please look at it."))],
  },
};
