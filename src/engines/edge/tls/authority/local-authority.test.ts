import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { SimulatedClock, systemClock } from "../../../../blocks/time/index.ts";
import { keyText, newKey, testAuthority, testFolder } from "../testing/test-authority.ts";
import { tlsServer, visit } from "../testing/tls-server.ts";
import { makeCertificate } from "./certificate-maker.ts";
import { openLocalAuthority } from "./local-authority.ts";

const DAY_MS = 86_400_000;

test("a root is made once, readable by its owner only, and vouches for names of this machine alone", async () => {
  await using temporary = await testFolder();
  const folder = join(temporary.path, "authority");
  const first = await openLocalAuthority({ folder }, systemClock);
  const again = await openLocalAuthority({ folder }, systemClock);
  assert.equal(first.rootText, again.rootText);
  assert.deepEqual((await readdir(folder)).sort(), ["root-key.pem", "root.pem"]);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.equal((await stat(join(folder, "root-key.pem"))).mode & 0o777, 0o600);
  const root = new X509Certificate(first.rootText);
  assert.equal(root.ca, true);
  assert.ok(root.verify(root.publicKey));
  const years = (Date.parse(root.validTo) - Date.now()) / (365.25 * DAY_MS);
  assert.ok(years > 9.9 && years < 10.1, `${years} years`);
});

test("clients that trust the root take each name's certificate: exact, under a wildcard, and an address", async () => {
  await using folder = await testFolder();
  const local = { folder: join(folder.path, "authority"), names: ["shop.test", "*.shop.test", "127.0.0.1"] };
  await using server = await tlsServer({ local });
  const ca = await readFile(join(local.folder, "root.pem"), "utf8");
  for (const servername of ["shop.test", "www.shop.test", "WWW2.shop.test"]) {
    const { socket } = await visit(server.port, { ca, servername });
    assert.equal(socket.authorized, true, servername);
  }
  // Without a name, Node checks the address.
  assert.equal((await visit(server.port, { ca })).socket.authorized, true);
  await using addresses = await tlsServer({ local: { ...local, names: ["127.0.0.1"] } });
  assert.equal((await visit(addresses.port, { ca })).socket.authorized, true);
  for (const servername of ["a.b.shop.test", "other.test"]) {
    await assert.rejects(visit(server.port, { ca, servername }), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
  }
});

test("a name under a wildcard gets a certificate of its own, once", async () => {
  await using folder = await testFolder();
  const authority = await openLocalAuthority({ folder: join(folder.path, "a") }, systemClock);
  const made = await authority.certificateFor("shop.localhost");
  assert.deepEqual(made?.names, ["shop.localhost"]);
  assert.equal(await authority.certificateFor("SHOP.localhost"), made);
  assert.equal(await authority.certificateFor("localhost"), await authority.standing());
  assert.match(
    (await authority.standing()).own.subjectAltName ?? "",
    /IP Address:127\.0\.0\.1, IP Address:0:0/,
  );
  for (const stranger of [
    "shop.example",
    "a.b.localhost",
    "x y.localhost",
    "*.localhost",
    "",
    ".localhost",
  ]) {
    assert.equal(await authority.certificateFor(stranger), undefined, stranger);
  }
});

test("certificates live for less than 90 days, and are made anew before their end", async () => {
  await using folder = await testFolder();
  const clock = new SimulatedClock(Date.now());
  const local = { folder: join(folder.path, "authority") };
  const authority = await openLocalAuthority(local, clock);
  const first = await authority.standing();
  assert.ok(first.validToMs - first.validFromMs < 90 * DAY_MS);
  await clock.advance(19 * DAY_MS);
  assert.equal(await authority.standing(), first);
  await clock.advance(2 * DAY_MS);
  const second = await authority.standing();
  assert.notEqual(second, first);
  assert.ok(second.validToMs > first.validToMs);
});

test("a listener that runs on shows the new certificate to clients without a name, too", async () => {
  await using folder = await testFolder();
  const local = { folder: join(folder.path, "authority") };
  const clock = new SimulatedClock(Date.now());
  await using server = await tlsServer({ local }, { clock });
  const serial = async () => (await visit(server.port, { rejectUnauthorized: false })).serialNumber;
  const before = await serial();
  assert.equal(await serial(), before);
  await clock.advance(21 * DAY_MS);
  let after = await serial();
  // The new one is made beside the clock.
  for (let tries = 0; after === before && tries < 100; tries++) after = await serial();
  assert.notEqual(after, before);
});

test("the root's key alone does not suffice for names beyond: clients refuse what it vouches for", async () => {
  await using folder = await testFolder();
  const local = { folder: join(folder.path, "authority") };
  const { rootText } = await openLocalAuthority(local, systemClock);
  const key = createPrivateKey(await readFile(join(local.folder, "root-key.pem"), "utf8"));
  const own = newKey();
  for (const [name, servername] of [
    ["bank.example", "bank.example"],
    ["127.0.0.1", ""],
    ["192.0.2.1", ""],
  ] as const) {
    const certificate = await makeCertificate({
      commonName: "made with a key that leaked",
      names: [name],
      usage: "server",
      key: own,
      notBeforeMs: Date.now() - 1_000,
      notAfterMs: Date.now() + DAY_MS,
      issuer: { certificate: new X509Certificate(rootText), key },
    });
    const certificates = [await folder.writeCertificate("forged", { certificate, key: keyText(own) })];
    await using server = await tlsServer({ certificates });
    const visiting = visit(server.port, { ca: rootText, servername });
    if (name === "127.0.0.1") await visiting;
    else await assert.rejects(visiting, { message: "permitted subtree violation" }, name);
  }
});

test("a root that may not vouch for a configured name is refused, with the mend", async () => {
  await using temporary = await testFolder();
  const folder = join(temporary.path, "authority");
  await openLocalAuthority({ folder, names: ["*.shop.example"] }, systemClock);
  await openLocalAuthority(
    { folder, names: ["a.shop.example", "shop.example", "x.localhost", "127.0.0.9"] },
    systemClock,
  );
  await assert.rejects(openLocalAuthority({ folder, names: ["bank.example", "192.0.2.1"] }, systemClock), {
    code: "INVALID_CONFIG",
    message:
      /may not vouch for bank\.example, 192\.0\.2\.1; name another folder, or remove root\.pem and root-key\.pem/,
  });
});

test("what is in the folder is not trusted blindly", async () => {
  await using temporary = await testFolder();
  const refused = async (folder: string, message: RegExp) =>
    assert.rejects(openLocalAuthority({ folder }, systemClock), { code: "INVALID_CONFIG", message });
  const fresh = async (name: string) => {
    const folder = join(temporary.path, name);
    await openLocalAuthority({ folder }, systemClock);
    return folder;
  };
  const open = await fresh("open");
  await chmod(join(open, "root-key.pem"), 0o644);
  await refused(open, /root-key\.pem: can be read by other users .*chmod 600/);
  const shared = await fresh("shared");
  await chmod(shared, 0o777);
  await refused(shared, /can be written to by other users .*chmod 700/);
  const mixed = await fresh("mixed");
  await writeFile(join(mixed, "root-key.pem"), keyText(newKey()));
  await refused(mixed, /holds a root and a key that do not fit; remove/);
  const foreign = await fresh("foreign");
  const authority = await testAuthority();
  const leaf = await authority.issue({ names: ["localhost"] });
  await writeFile(join(foreign, "root.pem"), leaf.certificate);
  await writeFile(join(foreign, "root-key.pem"), leaf.key);
  await refused(foreign, /holds an authority that was not made here/);
  await refused(await temporary.write("file", "x"), /cannot hold a local authority/);
  await refused(join(temporary.path, "file", "below"), /cannot hold a local authority/);
});

test("names that are none are refused before anything is made", async () => {
  await using temporary = await testFolder();
  const folder = join(temporary.path, "authority");
  for (const name of ["", "a b", "https://x.test", "*", "a.*.test", "x".repeat(64), "1.2.3.256/8"]) {
    await assert.rejects(
      openLocalAuthority({ folder, names: [name] }, systemClock),
      { code: "INVALID_CONFIG" },
      name,
    );
  }
  await assert.rejects(openLocalAuthority({ folder, names: [] }, systemClock), { code: "INVALID_CONFIG" });
  await assert.rejects(stat(folder), { code: "ENOENT" });
});

test("processes that start at once agree on one root, and no drafts are left", async () => {
  await using temporary = await testFolder();
  const folder = join(temporary.path, "authority");
  const program = `
    import { openLocalAuthority } from ${JSON.stringify(join(import.meta.dirname, "local-authority.ts"))};
    import { systemClock } from ${JSON.stringify(join(import.meta.dirname, "../../../../blocks/time/index.ts"))};
    const { rootText } = await openLocalAuthority({ folder: ${JSON.stringify(folder)} }, systemClock);
    process.stdout.write(rootText);
  `;
  const run = async () => {
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program]);
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    let problems = "";
    child.stderr.on("data", (chunk) => {
      problems += chunk;
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    assert.equal(code, 0, problems);
    return output;
  };
  const roots = await Promise.all([run(), run(), run()]);
  assert.match(roots[0] ?? "", /BEGIN CERTIFICATE/);
  assert.equal(new Set(roots).size, 1);
  assert.deepEqual((await readdir(folder)).sort(), ["root-key.pem", "root.pem"]);
  const inOne = join(temporary.path, "in-one");
  const opened = await Promise.all(
    Array.from({ length: 8 }, () => openLocalAuthority({ folder: inOne }, systemClock)),
  );
  assert.equal(new Set(opened.map(({ rootText }) => rootText)).size, 1);
});

test("an edge that needs no local authority does not load what makes certificates", async () => {
  const server = JSON.stringify(join(import.meta.dirname, "../index.ts"));
  const program = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    await import(${server});
    process.stdout.write(String(loaded.filter((url) => /pkijs|asn1js/.test(url)).length) + " of " + loaded.length);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  await new Promise((resolve) => child.once("close", resolve));
  assert.match(output, /^0 of [1-9]\d*$/);
});
