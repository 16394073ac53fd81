import assert from "node:assert/strict";
import { test } from "node:test";
import { LogFormat } from "./log-format.ts";
import { log } from "./testing/part-events.ts";

test("names line up, and each part has a colour of its own that its replicas share", () => {
  const format = new LogFormat({ colour: true }, ["shortener.1", "hot"]);
  const colourOf = (replica: string) => {
    const found = new RegExp(`\x1b\\[(\\d+)m${replica} *\x1b`).exec(format.line(log(replica, "x", 0)));
    return found?.[1];
  };
  assert.equal(colourOf("shortener.1"), colourOf("shortener.2"));
  assert.notEqual(colourOf("shortener.1"), colourOf("hot"));
});

test("without colour a line is its time, its replica and what it wrote", () => {
  const format = new LogFormat({ colour: false }, ["shortener.1", "hot"]);
  const line = format.line(log("hot", "\x1b[31mready\x1b[0m\r", 0));
  assert.match(line, /^\d\d:\d\d:\d\d hot {9}│ ready$/);
});
