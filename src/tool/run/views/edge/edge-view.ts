import { RunError } from "../../errors.ts";
import type { EngineView } from "../engine-view.ts";
import { readFields, readText, readWhole } from "../fields.ts";
import { trickle } from "./trickle.ts";

/** An edge can be sent some requests, to see a system at work that nobody uses yet. */
export const edgeView: EngineView = {
  kind: "edge",
  views: [],
  verbs: {},
  actions: [
    {
      info: () => ({
        id: "trickle",
        title: "Send a trickle of requests",
        description: "Sends GET requests at a steady rate for a while, whatever comes back.",
        fields: [
          { name: "path", title: "Path", type: "text", value: "/" },
          { name: "perSecond", title: "Requests a second", type: "count", value: 5, min: 1, max: 100 },
          { name: "seconds", title: "Seconds", type: "count", value: 60, min: 1, max: 600 },
        ],
      }),
      async perform({ name, url, clock }, input) {
        const fields = readFields(input, ["path", "perSecond", "seconds"]);
        const path = readText(fields, "path", 2_000);
        const perSecond = readWhole(fields, "perSecond", 1, 100);
        const seconds = readWhole(fields, "seconds", 1, 600);
        if (!/^\/[!-~]*$/.test(path)) throw new RunError("BAD_REQUEST", `${JSON.stringify(path)} is no path`);
        if (url === undefined) throw new RunError("NOT_POSSIBLE", `${name} has not been ready yet`);
        if (!url.startsWith("http:")) {
          throw new RunError("NOT_POSSIBLE", `${name} does not speak plain HTTP at its first listener`);
        }
        trickle({ url, path, perSecond, seconds, clock });
        return `${perSecond} requests a second go to ${path} of ${name} for ${seconds} s`;
      },
    },
  ],
};
