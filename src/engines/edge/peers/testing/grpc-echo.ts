import * as grpc from "@grpc/grpc-js";

const identity = (bytes: Buffer): Buffer => bytes;

function method(name: string, requestStream: boolean, responseStream: boolean) {
  return {
    path: `/peers.Echo/${name}`,
    requestStream,
    responseStream,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  };
}

/** A service with a method for each way of streaming, whose messages are plain bytes: no schema stands in between. */
export const ECHO = {
  Unary: method("Unary", false, false),
  Upload: method("Upload", true, false),
  Download: method("Download", false, true),
  Chat: method("Chat", true, true),
  /** Answers when it is told to, and tells when its client has gone. */
  Wait: method("Wait", false, false),
} as const;

/** A server of `ECHO`. */
export interface EchoServer extends AsyncDisposable {
  readonly port: number;
  /** How many calls it has had. */
  readonly calls: number;
  /** Resolves when the next call of `Wait` has been cancelled, with its deadline. */
  cancelled(): Promise<grpc.Deadline>;
  /** Resolves when the next call of `Wait` has come. */
  waiting(): Promise<void>;
  kill(): void;
}

/** Starts a server on a free port of loopback. `credentials`: default plain text. */
export async function echoServer(
  credentials = grpc.ServerCredentials.createInsecure(),
  name = "one",
): Promise<EchoServer> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  let calls = 0;
  let onWaiting = () => {};
  let onCancelled = (_deadline: grpc.Deadline) => {};
  server.addService(ECHO, {
    Unary(call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) {
      calls += 1;
      const text = call.request.subarray(0, 8).toString("latin1");
      const code = /^fail (\d+)/.exec(text)?.[1];
      const trailers = new grpc.Metadata();
      trailers.set("x-server", name);
      trailers.set("x-bytes-bin", Buffer.from([0, 1, 254, 255]));
      const initial = new grpc.Metadata();
      initial.set("x-heard", String(call.metadata.get("x-said")[0] ?? ""));
      call.sendMetadata(initial);
      if (code === undefined) done(null, call.request, trailers);
      else done({ code: Number(code), details: "müde, 100 %", metadata: trailers });
    },
    Upload(call: grpc.ServerReadableStream<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) {
      let sizeBytes = 0;
      call.on("data", (message: Buffer) => {
        sizeBytes += message.length;
      });
      call.on("end", () => done(null, Buffer.from(String(sizeBytes))));
    },
    Download(call: grpc.ServerWritableStream<Buffer, Buffer>) {
      void download(call);
    },
    Chat(call: grpc.ServerDuplexStream<Buffer, Buffer>) {
      call.on("data", (message: Buffer) => call.write(Buffer.concat([Buffer.from("re: "), message])));
      call.on("end", () => call.end());
    },
    Wait(call: grpc.ServerUnaryCall<Buffer, Buffer>) {
      call.on("cancelled", () => onCancelled(call.getDeadline()));
      onWaiting();
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    port,
    get calls() {
      return calls;
    },
    cancelled: () =>
      new Promise((resolve) => {
        onCancelled = resolve;
      }),
    waiting: () =>
      new Promise((resolve) => {
        onWaiting = resolve;
      }),
    kill: () => server.forceShutdown(),
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
}

/** `COUNT SIZE`: so many messages of so many bytes, no faster than they are taken. */
async function download(call: grpc.ServerWritableStream<Buffer, Buffer>): Promise<void> {
  const [count = 0, sizeBytes = 0] = call.request.toString().split(" ").map(Number);
  for (let at = 0; at < count; at++) {
    const message = Buffer.alloc(sizeBytes, at);
    if (!call.write(message)) await new Promise((resolve) => call.once("drain", resolve));
  }
  call.end();
}

/** Calls `ECHO` as generated code would. */
export class EchoClient implements Disposable {
  readonly #client: grpc.Client;

  constructor(address: string, credentials = grpc.credentials.createInsecure()) {
    this.#client = new grpc.Client(address, credentials, {
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
      "grpc.enable_retries": 0,
    });
  }

  /** One call, and all that is heard of it. Never rejects. */
  unary(
    request: string | Buffer,
    options: grpc.CallOptions & {
      readonly metadata?: Readonly<Record<string, string>>;
      readonly name?: "Unary" | "Wait";
      readonly onCall?: (call: grpc.ClientUnaryCall) => void;
    } = {},
  ): Promise<Heard> {
    const { metadata = {}, name = "Unary", onCall, ...rest } = options;
    const sent = new grpc.Metadata();
    for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
    return new Promise((resolve) => {
      let message: Buffer | undefined;
      let initial: grpc.Metadata | undefined;
      const call = this.#client.makeUnaryRequest(
        ECHO[name].path,
        identity,
        identity,
        Buffer.from(request),
        sent,
        rest,
        (_error, answer) => {
          message = answer;
        },
      );
      call.on("metadata", (heard) => {
        initial = heard;
      });
      call.on("status", (status) => {
        // The callback of an answer comes in a later turn than its status.
        setImmediate(() => resolve({ ...status, message, initial }));
      });
      onCall?.(call);
    });
  }

  /** Sends messages one after the other. Resolves with the answer. */
  upload(messages: Iterable<Buffer>): Promise<string> {
    return new Promise((resolve, reject) => {
      const call = this.#client.makeClientStreamRequest(
        ECHO.Upload.path,
        identity,
        identity,
        (error, answer) => (error ? reject(error) : resolve(String(answer))),
      );
      for (const message of messages) call.write(message);
      call.end();
    });
  }

  download(request: string): grpc.ClientReadableStream<Buffer> {
    return this.#client.makeServerStreamRequest(ECHO.Download.path, identity, identity, Buffer.from(request));
  }

  chat(): grpc.ClientDuplexStream<Buffer, Buffer> {
    return this.#client.makeBidiStreamRequest(ECHO.Chat.path, identity, identity);
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** All that a client hears of a call. */
export interface Heard {
  readonly code: grpc.status;
  readonly details: string;
  /** The trailers. */
  readonly metadata: grpc.Metadata;
  readonly initial: grpc.Metadata | undefined;
  readonly message: Buffer | undefined;
}
