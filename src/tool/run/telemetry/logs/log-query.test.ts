import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { codeOf } from "../../../../blocks/errors/index.ts";
import { logQueryFrom } from "./log-query.ts";

describe("a query for logs in a URL", () => {
  test("is read under the names of the API, with several parts", () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const text = `part=a&part=b&replica=a.1&level=warn&text=x+y&traceId=${traceId}&fromMs=1&toMs=2&before=9&limit=1000`;
    assert.deepEqual(logQueryFrom(new URLSearchParams(text)), {
      parts: ["a", "b"],
      replica: "a.1",
      level: "warn",
      text: "x y",
      traceId,
      fromMs: 1,
      toMs: 2,
      before: 9,
      limit: 1_000,
    });
    assert.deepEqual(logQueryFrom(new URLSearchParams("part=&text=")), {});
  });

  test("that is wrong is refused, and the message names the parameter", () => {
    const wrong = [
      "level=bad",
      "traceId=12",
      "limit=0",
      "limit=1001",
      "before=x",
      "before=1.5",
      `text=${"a+".repeat(33)}`,
      `part=${"a&part=".repeat(200)}b`,
    ];
    for (const text of wrong) {
      assert.throws(
        () => logQueryFrom(new URLSearchParams(text)),
        (thrown: Error) =>
          codeOf(thrown) === "BAD_REQUEST" && thrown.message.startsWith(text.split("=")[0] ?? "?"),
        text,
      );
    }
  });
});
