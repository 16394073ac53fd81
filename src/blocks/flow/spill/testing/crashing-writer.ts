import { writeSync } from "node:fs";
import { spillQueue } from "../open-spill.ts";

/**
 * A process to be killed while it writes: sends numbers, says each that was accepted on stdout, and acknowledges some of
 * what it receives, saying that as well. Arguments: folder, first number, `fsync`, what part it acknowledges, and
 * whether the queue is durable.
 */
const [folder = "", from = "0", fsync = "never", share = "0", durable = "true"] = process.argv.slice(2);
const queue = await spillQueue<{ n: number; pad: string }>({
  folder,
  durable: durable === "true",
  fsync: fsync as "always" | "never",
  diskBytesMax: 8 * 2 ** 20,
  memoryItems: 20,
  unackedMax: 100_000,
});
say("open");
// Once the disk is full and every send waits, nothing else would keep the process until it is killed.
setInterval(() => {}, 1_000);

/** Returns when the pipe has it: `process.stdout` would keep words in memory, and lose them, where its reader is slow. */
function say(word: string): void {
  writeSync(1, `${word}\n`);
}

async function consume(): Promise<void> {
  let due = 0;
  for await (const { item, ack } of queue) {
    due += Number(share);
    if (due < 1) continue;
    due -= 1;
    // First the word, then the deed: what is said to be acknowledged may come again, what is not said must.
    say(`acked ${item.n}`);
    ack();
  }
}

if (Number(share) > 0) void consume();
for (let n = Number(from); ; n += 10) {
  const sends: Promise<void>[] = [];
  for (let one = n; one < n + 10; one++) {
    const sent = queue.send({ n: one, pad: "x".repeat((one * 7919) % 2_000) });
    sends.push(sent.then(() => say(`accepted ${one}`)));
  }
  await Promise.all(sends);
}
