import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { chmod, mkdir, truncate } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readCertificate } from "./certificate.ts";
import { readCertificates, readPrivateKey } from "./pem-file.ts";
import { keyText, newKey, testAuthority, testFolder } from "./testing/test-authority.ts";

const invalid = (message: RegExp) => ({ code: "INVALID_CONFIG", message });

test("a file of certificates is read in its order, whatever stands between them", async () => {
  await using folder = await testFolder();
  const authority = await testAuthority();
  const { certificate } = await authority.issue({ names: ["a.example"] });
  const file = await folder.write(
    "chain.pem",
    `subject=a\r\n${certificate}\nissuer:\n${authority.root}# end`,
  );
  const subjects = (await readCertificates(file)).map(({ subject }) => subject);
  assert.deepEqual(subjects, ["CN=a.example", "CN=test"]);
});

test("what is wrong with a file of certificates is told with its mend", async () => {
  await using folder = await testFolder();
  const of = async (text: string) => readCertificates(await folder.write("x.pem", text));
  await assert.rejects(of(""), invalid(/x\.pem: holds no PEM certificate; name the file/));
  await assert.rejects(of(keyText(newKey())), invalid(/holds a key and no certificate/));
  const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  await assert.rejects(of(broken), invalid(/certificate 1 cannot be read/));
  await assert.rejects(readCertificates(join(folder.path, "none")), invalid(/none: does not exist/));
  await mkdir(join(folder.path, "folder"));
  await assert.rejects(readCertificates(join(folder.path, "folder")), invalid(/is a folder/));
  await truncate(join(folder.path, "x.pem"), 5_000_000);
  await assert.rejects(readCertificates(join(folder.path, "x.pem")), invalid(/is larger than 4 MiB/));
});

test("a key that is encrypted, broken, missing or not to be read is told with its mend", async (t) => {
  await using folder = await testFolder();
  const of = async (text: string) => readPrivateKey(await folder.write("key.pem", text));
  const key = newKey();
  const encrypted = key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" });
  await assert.rejects(of(String(encrypted)), invalid(/key\.pem: holds an encrypted key; write it without/));
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey;
  const old = rsa.export({ type: "pkcs1", format: "pem", cipher: "aes-256-cbc", passphrase: "x" });
  await assert.rejects(of(String(old)), invalid(/holds an encrypted key/));
  await assert.rejects(of("rubbish"), invalid(/holds no PEM private key/));
  const broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  await assert.rejects(of(broken), invalid(/holds a key that cannot be read/));
  assert.equal((await of(keyText(key))).type, "private");
  await chmod(join(folder.path, "key.pem"), 0);
  if (process.getuid?.() === 0) t.diagnostic("as root every file can be read");
  else
    await assert.rejects(
      readPrivateKey(join(folder.path, "key.pem")),
      invalid(/may not be read by the user/),
    );
});

test("a certificate behind others is found by its key, and the mend says to put it first", async () => {
  await using folder = await testFolder();
  const authority = await testAuthority();
  const made = await authority.issue({ names: ["a.example"] });
  const config = {
    certificateFile: await folder.write("chain.pem", authority.root + made.certificate),
    keyFile: await folder.write("key.pem", made.key),
  };
  await assert.rejects(readCertificate(config, Date.now()), invalid(/which is number 2; put that one first/));
});
