/** One of the protobuf classes that OpenTelemetry generates from its definitions. */
interface MessageType {
  fromObject(object: unknown): unknown;
  verify(message: unknown): string | null;
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
  toObject(message: unknown, options: { longs: typeof String }): unknown;
}

declare const root: {
  readonly opentelemetry: {
    readonly proto: {
      readonly trace: { readonly v1: { readonly TracesData: MessageType } };
    };
  };
};

export default root;
