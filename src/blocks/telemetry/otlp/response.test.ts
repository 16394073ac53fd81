import assert from "node:assert/strict";
import { test } from "node:test";
import {
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import { encodeResponse, encodeStatus, RPC_CODE } from "./index.ts";

test("OpenTelemetry's packages read from an answer how much was not taken, and why", () => {
  const partial = { rejected: 70_000, message: "ids of a wrong length" };
  const told = { errorMessage: partial.message };
  assert.deepEqual(
    ProtobufTraceSerializer.deserializeResponse(encodeResponse("traces", "protobuf", partial)),
    {
      partialSuccess: { ...told, rejectedSpans: 70_000 },
    },
  );
  assert.deepEqual(
    ProtobufMetricsSerializer.deserializeResponse(encodeResponse("metrics", "protobuf", partial)),
    {
      partialSuccess: { ...told, rejectedDataPoints: 70_000 },
    },
  );
  assert.deepEqual(ProtobufLogsSerializer.deserializeResponse(encodeResponse("logs", "protobuf", partial)), {
    partialSuccess: { ...told, rejectedLogRecords: 70_000 },
  });
  assert.deepEqual(JsonTraceSerializer.deserializeResponse(encodeResponse("traces", "json", partial)), {
    partialSuccess: { ...told, rejectedSpans: "70000" },
  });
  assert.equal(encodeResponse("traces", "protobuf").length, 0);
  assert.equal(new TextDecoder().decode(encodeResponse("logs", "json")), "{}");
});

test("a refusal says when to come again, to the byte as google.rpc.Status is written", () => {
  const status = { code: RPC_CODE.resourceExhausted, message: "busy", retryAfterMs: 1_500 };
  const type = Buffer.from("type.googleapis.com/google.rpc.RetryInfo").toString("hex");
  const retry = `0a0808011080cab5ee01`;
  const any = `0a28${type}120a${retry}`;
  const expected = `0808${`1204${Buffer.from("busy").toString("hex")}`}1a36${any}`;
  assert.equal(Buffer.from(encodeStatus("protobuf", status)).toString("hex"), expected);
  assert.deepEqual(JSON.parse(new TextDecoder().decode(encodeStatus("json", status))), {
    code: 8,
    message: "busy",
    details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1.500s" }],
  });
});
