import type { Balancer, Candidate } from "../balancer.ts";

/** A member whose state a test decides upon. */
export class Member implements Candidate {
  readonly id: string;
  weight: number;
  /** The part of its weight that it has for now. */
  share = 1;
  inFlight = 0;
  isUp = true;
  /** How often it was asked whether it admits a request. */
  asked = 0;

  constructor(id: string, weight = 1) {
    this.id = id;
    this.weight = weight;
  }

  weightAt(nowMs: number): number {
    return nowMs === Number.POSITIVE_INFINITY ? this.weight : this.weight * this.share;
  }

  admit(): boolean {
    this.asked += 1;
    return this.isUp;
  }
}

/** Members `a`, `b`, `c` … with these weights. */
export function membersOf(weights: readonly number[]): Member[] {
  return weights.map((weight, at) => new Member(nameOf(at), weight));
}

function nameOf(at: number): string {
  return at < 26 ? String.fromCharCode(97 + at) : `${nameOf(Math.floor(at / 26) - 1)}${nameOf(at % 26)}`;
}

/** The members that a balancer picks in so many draws without a key; `onPick` sees each. */
export function picks(
  balancer: Balancer<Member>,
  draws: number,
  onPick: (member: Member, draw: number) => void = () => {},
): Member[] {
  const picked: Member[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const member = balancer.pick({ nowMs: draw, hash: undefined });
    if (!member) throw new Error(`draw ${draw} found nobody`);
    onPick(member, draw);
    picked.push(member);
  }
  return picked;
}

/** How often each of the members was picked. */
export function countsOf(members: readonly Member[], picked: readonly Member[]): number[] {
  const counts = new Map<Member, number>();
  for (const member of picked) counts.set(member, (counts.get(member) ?? 0) + 1);
  return members.map((member) => counts.get(member) ?? 0);
}

/** How often each of the members is picked for the keys 0, 1, 2 …, spread over 32 bits. */
export function keysOf(balancer: Balancer<Member>, keys: number): Member[] {
  return Array.from({ length: keys }, (_, key) => {
    const member = balancer.pick({ nowMs: 0, hash: hashOfKey(key) });
    if (!member) throw new Error(`key ${key} found nobody`);
    return member;
  });
}

/** One to one from whole numbers to 32 bits, in no order. */
export function hashOfKey(key: number): number {
  const bits = Math.imul(key + 1, 0x9e3779b1);
  return (Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d) ^ (bits >>> 7)) >>> 0;
}
