import type { Random } from "../../../blocks/time/index.ts";

const KEYS = ["a", "b", "c", "key:4", "", "\x00\xff\r\n"];
const INTEGERS = [
  "0",
  "1",
  "-1",
  "7",
  "42",
  "9223372036854775807",
  "-9223372036854775808",
  "4611686018427387904",
];
const FLOATS = ["0.1", "-2.5", "3.0e3", "1e-17", "0.3333333333333333333", "1e19", ".5", "5."];
const ODD_NUMBERS = [
  "",
  " 1",
  "1 ",
  "01",
  "-0",
  "+1",
  "0x10",
  "nan",
  "inf",
  "9223372036854775808",
  "abc",
  "1e400",
];
const VALUES = [
  "",
  "x",
  "hello world",
  "\x00\x01\xff",
  "y".repeat(44),
  "z".repeat(45),
  ...INTEGERS,
  ...FLOATS,
];
/** In the year 2096: far enough for no test to see it pass, and the same for both servers. */
const FUTURE_S = "3976000000";
const FUTURES_MS = [`${FUTURE_S}000`, `${FUTURE_S}499`, `${FUTURE_S}500`, "9007199254740991"];
const PAST_S = ["1", "1000000", "-1", "0"];
const WORDS = ["NX", "XX", "GET", "KEEPTTL", "PERSIST", "nx", "GT", "LT", "REPLACE", "DB", "BOGUS"];

type Part = () => string;

/** Draws commands that two servers must answer alike, right ones and wrong ones. */
export function randomCommands(random: Random, count: number): string[][] {
  const one = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new RangeError("nothing to choose from");
    return item;
  };
  const key: Part = () => one(KEYS);
  const value: Part = () => one(VALUES);
  const integer: Part = () => one(random() < 0.8 ? INTEGERS : ODD_NUMBERS);
  const float: Part = () => one(random() < 0.8 ? FLOATS : ODD_NUMBERS);
  const offset: Part = () => one(["0", "1", "-1", "3", "-3", "10", "100", "-100", "x"]);
  const futureS: Part = () => one([FUTURE_S, "4000000000"]);
  const futureMs: Part = () => one(FUTURES_MS);
  const absolute = (): string[] =>
    one([
      ["EXAT", futureS()],
      ["PXAT", futureMs()],
      ["EX", one(ODD_NUMBERS)],
      ["PX", one(["0", "-5"])],
    ]);
  const words = (): string[] => Array.from({ length: Math.floor(random() * 3) }, () => one(WORDS));
  const setWords = (): string[] =>
    one([[], ["NX"], ["XX"], ["GET"], ["NX", "GET"], ["XX", "GET"], ["KEEPTTL"], words()]);
  const templates: readonly (() => string[])[] = [
    () => ["SET", key(), value()],
    () => ["SET", key(), value(), ...setWords(), ...(random() < 0.5 ? absolute() : [])],
    () => ["GET", key()],
    () => ["GETEX", key(), ...(random() < 0.7 ? absolute() : words())],
    () => ["GETDEL", key()],
    () => ["GETSET", key(), value()],
    () => ["SETNX", key(), value()],
    () => [one(["SETEX", "PSETEX"]), key(), one(["0", "-1", "x"]), value()],
    () => ["MGET", key(), key(), key()],
    () => [one(["MSET", "MSETNX"]), key(), value(), key(), value(), ...(random() < 0.1 ? [key()] : [])],
    () => ["APPEND", key(), value()],
    () => ["STRLEN", key()],
    () => [one(["GETRANGE", "SUBSTR"]), key(), offset(), offset()],
    () => ["SETRANGE", key(), offset(), value()],
    () => [one(["INCR", "DECR"]), key()],
    () => [one(["INCRBY", "DECRBY"]), key(), integer()],
    () => ["INCRBYFLOAT", key(), float()],
    () => [one(["DEL", "UNLINK", "EXISTS", "TOUCH"]), key(), key()],
    () => [one(["TYPE", "EXPIRETIME", "PEXPIRETIME", "PERSIST"]), key()],
    () => ["EXPIREAT", key(), random() < 0.7 ? futureS() : one([...PAST_S, ...ODD_NUMBERS]), ...words()],
    () => ["PEXPIREAT", key(), random() < 0.7 ? futureMs() : one([...PAST_S, ...ODD_NUMBERS]), ...words()],
    () => [one(["EXPIRE", "PEXPIRE"]), key(), one(["0", "-1", "x", "9223372036854775807"]), ...words()],
    () => [one(["RENAME", "RENAMENX"]), key(), key()],
    () => ["COPY", key(), key(), ...one([[], ["REPLACE"], ["DB", "0"], ["DB", "1"], words()])],
    () => ["OBJECT", one(["ENCODING", "FREQ", "encoding", "BOGUS"]), key()],
    () => ["DBSIZE"],
    () => [one(["MULTI", "EXEC", "DISCARD", "UNWATCH", "PING", "multi", "exec"])],
    () => ["WATCH", key(), key()],
    () => ["SELECT", one(["0", "1", "x", "-1"])],
    () => [one(["PING", "ECHO", "BOGUS", "CLIENT", "CONFIG", "OBJECT", "GET", "KEYS"])],
    () => ["BOGUS", value(), value(), "w".repeat(200)],
    () => [one(["CLIENT", "CONFIG", "OBJECT", "MEMORY"]), "BOGUS", "x"],
    () => ["CLIENT", one(["GETNAME", "GETREDIR"])],
    () => ["CLIENT", "SETNAME", one(["", "me", "a b"])],
    () => ["CLIENT", one(["NO-EVICT", "REPLY"]), one(["ON", "BOGUS"])],
    () => ["COMMAND", "GETKEYS", one(["GET", "MSET", "PING", "SET", "BOGUS"]), key(), value()],
    () => [
      "SCAN",
      one(["0", "x", "-1"]),
      ...one([["COUNT", "0"], ["COUNT", "x"], ["BOGUS", "1"], ["COUNT"]]),
    ],
    () => [one(["FLUSHALL", "FLUSHDB"]), one(["ASYNC", "SYNC", "BOGUS"])],
    () => ["CONFIG", "SET", one(["bogus", "databases", "maxmemory"]), "x"],
    () => ["CONFIG", "GET", one(["save", "appendonly", "maxmemory-policy", "bogus", "SAVE"])],
    () => ["MEMORY", "USAGE", "no such key", ...one([[], ["SAMPLES", "x"], ["SAMPLES", "-1"], ["BOGUS"]])],
    () => ["AUTH", ...one([["x"], ["default", "x"], ["nobody", "x"], ["a", "b", "c"]])],
    () => ["HELLO", ...one([["9"], ["x"], ["2", "BOGUS"], ["2", "AUTH", "a"], ["3", "AUTH", "nobody", "x"]])],
  ];
  return Array.from({ length: count }, () => one(templates)());
}
