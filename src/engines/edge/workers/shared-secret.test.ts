import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { type ConnectionOptions, connect } from "node:tls";
import type { CertificateConfig, EdgeConfig, UpstreamConfig } from "../config/index.ts";
import { ask, configFor, httpOrigin } from "../testing/servers.ts";
import { testAuthority, testFolder } from "../tls/testing/test-authority.ts";
import { EdgeProcess, type Message, until } from "./testing/edge-process.ts";
import { eachAlone } from "./testing/turns-of-workers.ts";

const NAME = "shop.example";

/** One listener with TLS, which sends everything to one server. */
function secured(port: number, certificate: CertificateConfig): EdgeConfig {
  const config = configFor([port]);
  const listeners = config.listeners.map((one) => ({ ...one, tls: { certificates: [certificate] } }));
  return { ...config, listeners };
}

interface Visited {
  readonly body: string;
  /** Of the certificate that was shown; empty where a session was resumed without one. */
  readonly serialNumber: string;
  readonly reused: boolean;
  readonly session: Buffer | undefined;
}

/** Asks once over TLS and reads to the end. */
async function visit(port: number, options: ConnectionOptions): Promise<Visited> {
  const socket = connect({ port, host: "127.0.0.1", servername: NAME, ...options });
  let session: Buffer | undefined;
  socket.on("session", (fresh: Buffer) => {
    session = fresh;
  });
  await once(socket, "secureConnect");
  // A socket that has ended does not know any more.
  const reused = socket.isSessionReused();
  const serialNumber = socket.getPeerX509Certificate()?.serialNumber ?? "";
  socket.write("GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n");
  let text = "";
  for await (const chunk of socket.setEncoding("latin1")) text += chunk;
  return { body: text.slice(text.indexOf("\r\n\r\n") + 4), serialNumber, reused, session };
}

describe("workers of one edge", () => {
  test("resume each other's sessions of TLS, and so do those that come later", async () => {
    await using origin = await httpOrigin(({ headers }, response) => response.end(headers.via));
    const authority = await testAuthority();
    await using folder = await testFolder();
    const certificate = await folder.writeCertificate("shop", await authority.issue({ names: [NAME] }));
    await using edge = await EdgeProcess.start({ ...secured(origin.port, certificate), workers: 2 });
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const options = { ca: authority.root, maxVersion };
      const visits: Visited[] = [];
      const visitEach = async () => {
        await eachAlone(await edge.workers(), async () => {
          const session = visits[0]?.session;
          visits.push(await visit(edge.port, session ? { ...options, session } : options));
        });
      };
      await visitEach();
      process.kill((await edge.workers())[0] ?? 0, "SIGKILL");
      await edge.next("worker");
      await edge.next("worker");
      await visitEach();
      assert.equal(new Set(visits.map(({ body }) => body)).size, 3, "three workers have answered");
      assert.deepEqual(
        visits.map(({ reused }) => reused),
        [false, true, true, true],
        maxVersion,
      );
    }
  });

  test("understand each other's cookies of affinity", async () => {
    await using one = await httpOrigin((_, response) => response.end("1"));
    await using two = await httpOrigin((_, response) => response.end("2"));
    const upstream: Omit<UpstreamConfig, "endpoints"> = { affinity: { by: "cookie" } };
    const config = configFor([one.port, two.port], { upstream });
    await using edge = await EdgeProcess.start({ ...config, workers: 2 });
    const first = await ask(edge.port);
    const [cookie = ""] = first.headers["set-cookie"]?.[0]?.split(";") ?? [];
    assert.notEqual(cookie, "");
    await eachAlone(await edge.workers(), async () => {
      for (let time = 0; time < 3; time++) {
        const again = await ask(edge.port, { headers: ["Cookie", cookie] });
        assert.deepEqual([again.body, again.headers["set-cookie"]], [first.body, undefined]);
      }
    });
  });

  test("take up a new certificate each, and it is told once", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    const authority = await testAuthority();
    await using folder = await testFolder();
    const [old, fresh] = [await authority.issue({ names: [NAME] }), await authority.issue({ names: [NAME] })];
    const certificate = await folder.writeCertificate("shop", old);
    await using edge = await EdgeProcess.start({ ...secured(origin.port, certificate), workers: 2 });
    await writeFile(certificate.certificateFile, fresh.certificate);
    await writeFile(certificate.keyFile, fresh.key);
    const { serialNumber } = new X509Certificate(fresh.certificate);
    const isFresh = async () =>
      (await visit(edge.port, { ca: authority.root })).serialNumber === serialNumber;
    await eachAlone(await edge.workers(), () => until("the new one", isFresh));
    // A certificate that was read before its key is refused first.
    const isReload = ({ event }: Message) => (event as { type: string }).type === "tls-reloaded";
    await until("a report", () => edge.unread("tls").some(isReload));
    const reloads = edge.unread("tls").filter(isReload);
    assert.deepEqual(
      reloads.map(({ event }) => event),
      [{ type: "tls-reloaded", file: certificate.certificateFile, names: [NAME] }],
    );
  });
});
