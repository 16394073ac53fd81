import type { EngineAction, EngineView } from "../engine-view.ts";
import { readFields, readText } from "../fields.ts";
import { withCache } from "./cache-connection.ts";
import { infoVerb } from "./info-verb.ts";
import { keyBytes } from "./key-text.ts";
import { keysVerb } from "./keys-verb.ts";
import { numberOf } from "./replies.ts";
import { KEY_LENGTH_MAX, valueVerb } from "./value-verb.ts";

/** A look into a cache, by the protocol alone: ours, and any other that speaks it. */
export const cacheView: EngineView = {
  kind: "cache",
  views: [{ id: "cache-keys", title: "Keys" }],
  verbs: { keys: keysVerb, value: valueVerb, info: infoVerb },
  actions: [flush(), deleteKey()],
};

function flush(): EngineAction {
  return {
    info: ({ external }) => ({
      id: "flush",
      title: "Flush",
      description: "Removes all keys of the database that its URL names.",
      confirm: external
        ? "Every key is lost, in a cache that stands outside this system; others may use it too."
        : "Every key is lost, and what used them will ask its stores.",
      fields: [],
    }),
    async perform(target, input) {
      readFields(input, []);
      return await withCache(target, async (cache) => {
        const keys = numberOf(await cache.one("DBSIZE")) ?? 0;
        await cache.one("FLUSHDB");
        return `${target.name} is empty: ${keys} ${keys === 1 ? "key is" : "keys are"} gone`;
      });
    },
  };
}

function deleteKey(): EngineAction {
  return {
    info: () => ({
      id: "delete-key",
      title: "Delete a key",
      description: "Removes one key, written as the list of keys shows it.",
      confirm: "Its value is lost.",
      fields: [{ name: "key", title: "Key", type: "text" }],
    }),
    async perform(target, input) {
      const key = readText(readFields(input, ["key"]), "key", KEY_LENGTH_MAX);
      return await withCache(target, async (cache) => {
        const gone = numberOf(await cache.one("DEL", keyBytes(key))) ?? 0;
        return gone > 0 ? `${key.slice(0, 200)} is gone` : `${target.name} has no such key`;
      });
    },
  };
}
