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
    const model = { uses: { links: "store" }, environment: { MODE: "test" } };
    assert.deepEqual(environmentFor(model, parts, { HOME: "/home/me", MODE: "other" }), {
      HOME: "/home/me",
      MODE: "test",
      LINKS_URL: "postgres://elsewhere/x",
    });
  });

  test("leaves out a URL that is not known yet", () => {
    const model = { uses: { links: "store" }, environment: {} };
    assert.deepEqual(environmentFor(model, new Map(), {}), {});
  });
});
