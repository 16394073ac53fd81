import { writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { seededRandom } from "../../src/blocks/time/index.ts";
import { zipf } from "../load/zipf.ts";

const DRAWS = 500_000;

/** Makes links through the API, many at a time; resolves with their codes. */
export async function makeLinks(url: string, count: number): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 48 });
  const codes: string[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) codes.push(await makeLink(agent, `${url}/api/links`, next++));
  };
  await Promise.all(Array.from({ length: 48 }, worker));
  agent.destroy();
  return codes;
}

function makeLink(agent: Agent, url: string, number: number): Promise<string> {
  const body = JSON.stringify({ url: `https://example.com/articles/${number}?from=bench` });
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asked = request(url, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.once("error", reject);
      response.once("end", () => {
        const code = response.statusCode === 201 ? codeIn(text) : undefined;
        if (code === undefined) reject(new Error(`POST ${url} answered ${response.statusCode}: ${text}`));
        else resolve(code);
      });
    });
    asked.once("error", reject);
    asked.end(body);
  });
}

function codeIn(text: string): string | undefined {
  const answer: unknown = JSON.parse(text);
  if (typeof answer !== "object" || answer === null || !("code" in answer)) return undefined;
  return typeof answer.code === "string" ? answer.code : undefined;
}

/** Writes paths of links drawn by Zipf's law, one a line. */
export function writePaths(file: string, codes: readonly string[]): void {
  const draw = zipf(codes.length, seededRandom(1));
  writeFileSync(file, Array.from({ length: DRAWS }, () => `/${codes[draw()]}\n`).join(""));
}
