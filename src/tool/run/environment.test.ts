import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { urlVariable } from "../design/names.ts";
import { environmentFor } from "./environment.ts";
import { ExternalPart } from "./single-part.ts";

describe("the environment of a program", () => {
  test("names each URL after what the design calls the part", () => {
    const names = ["links", "hotLinks", "click-log", "cache2", "userURLs"].map(urlVariable);
    assert.deepEqual(names, ["LINKS_URL", "HOT_LINKS_URL", "CLICK_LOG_URL", "CACHE2_URL", "USER_URLS_URL"]);
  });

  test("is what was inherited, what the design says and a URL for each part used, and nothing else", () => {
    const parts = new Map([["store", new ExternalPart("database", "store", "postgres://elsewhere/x")]]);
    const model = { name: "api", uses: { links: "store" }, environment: { MODE: "test" } };
    assert.deepEqual(environmentFor(model, parts, { HOME: "/home/me", MODE: "other" }), {
      HOME: "/home/me",
      MODE: "test",
      LINKS_URL: "postgres://elsewhere/x",
    });
  });

  test("says where telemetry goes, whatever the shell says, and never shows the key elsewhere", () => {
    const target = {
      endpoint: "http://127.0.0.1:20123",
      headers: { authorization: "Bearer secret" },
      namespace: "shop",
      traces: { share: 1, perSecondMax: 50, slowMs: 500 },
    };
    const telemetry = { target, replica: "api.2" };
    const shell = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://company.example",
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces.example",
      OTEL_SERVICE_NAME: "of the shell",
    };
    const plain = { name: "api", uses: {}, environment: {} };
    assert.deepEqual(environmentFor(plain, new Map(), shell, telemetry), {
      OTEL_SERVICE_NAME: "api",
      OTEL_RESOURCE_ATTRIBUTES: "service.instance.id=api.2,service.namespace=shop",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:20123",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20secret",
      OTEL_TRACES_SAMPLER: "parentbased_always_on",
      OTEL_METRIC_EXPORT_INTERVAL: "5000",
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: "base2_exponential_bucket_histogram",
    });
    const elsewhere = { ...plain, environment: { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "https://m.example" } };
    assert.doesNotMatch(JSON.stringify(environmentFor(elsewhere, new Map(), shell, telemetry)), /secret/);
    assert.deepEqual(environmentFor(plain, new Map(), shell), shell);
  });

  test("leaves out a URL that is not known yet", () => {
    const model = { name: "api", uses: { links: "store" }, environment: {} };
    assert.deepEqual(environmentFor(model, new Map(), {}), {});
  });
});
