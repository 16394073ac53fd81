import assert from "node:assert/strict";
import { test } from "node:test";
import { ScramExchange, scramVerifier } from "./scram.ts";

// The example of RFC 7677, section 3.
const NONCE = "rOprNGfwEbeRWgbNEkqO";
const SERVER_FIRST = `r=${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`;
const SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

const exchange = () => new ScramExchange({ user: "user", password: "pencil", nonce: NONCE });

test("the exchange of RFC 7677, section 3, is spoken to the letter", () => {
  const scram = exchange();
  assert.equal(scram.first(), `n,,n=user,r=${NONCE}`);
  assert.equal(
    scram.final(SERVER_FIRST),
    `c=biws,r=${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
  );
  scram.verify(SERVER_FINAL);
});

test("a server that does not know the password is refused", () => {
  for (const claim of ["", "v=", "v=AAAA", `${SERVER_FINAL.slice(0, -3)}5A=`, "e=other-error"]) {
    const scram = exchange();
    scram.final(SERVER_FIRST);
    assert.throws(() => scram.verify(claim), { code: "PROTOCOL" }, claim);
  }
  assert.throws(() => exchange().verify(SERVER_FINAL), { code: "PROTOCOL" }, "before it was challenged");
});

test("a malformed, foreign or extravagant challenge is refused", () => {
  const challenges = [
    "",
    "r=someone-else,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`,
    `r=${NONCE}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0`,
    `r=${NONCE}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=999999999`,
    `r=${NONCE}x,s=W22ZaJ0SNY7soEsUEjb6gQ==`,
  ];
  for (const challenge of challenges)
    assert.throws(() => exchange().final(challenge), { code: "PROTOCOL" }, challenge);
});

test("a verifier has PostgreSQL's form and does not hold the password", () => {
  const verifier = scramVerifier("pencil", Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"));
  assert.match(verifier, /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$[\w+/]{43}=:[\w+/]{43}=$/);
});
