import { appendFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Timer } from "../../../../blocks/time/index.ts";
import type { MetricStore } from "./metric-store.ts";
import { eachLine, METRICS_FOLDER, type RunFile, removeRunFile, runFilePath, runFiles } from "./run-files.ts";
import { runLineText } from "./run-line.ts";
import { RunRecorder } from "./run-recorder.ts";
import { SegmentMerge } from "./segment-merge.ts";

/** Where a run's metrics are written, and how much of the disk they may take. */
export interface MetricFileOptions {
  readonly store: MetricStore;
  /** The run's folder; files are made in `metrics/` under it. */
  readonly runFolder: string;
  readonly clock: Clock;
  /** How often what is new is written down: so much is lost at most by `kill -9`. Default 10,000. */
  readonly everyMs?: number;
  /** Of all files together, about. Default 32 MiB. */
  readonly bytesMax?: number;
}

const EVERY_MS = 10_000;
const BYTES_MAX = 32 * 1024 * 1024;
/** So many files: the least that can be made coarser is one pair of them. */
const FILES = 8;
/** Coarser than this is not worth keeping apart. */
const COARSEST_MS = 3_600_000;

/**
 * Writes the metrics of a run to its folder, a record of what is new every ten seconds. When the files take too much, two neighbours
 * that are finest are put into one with samples twice as long (and twice that again, if it has to be, up to an hour), written to a draft
 * and renamed. A full disk leaves a gap and troubles nobody else.
 */
export class MetricFile implements AsyncDisposable {
  readonly #options: MetricFileOptions;
  readonly #folder: string;
  readonly #recorder: RunRecorder;
  #timer: Timer | undefined;
  #working: Promise<void> = Promise.resolve();
  #number = 0;
  #bytes = 0;
  #isClosed = false;

  constructor(options: MetricFileOptions) {
    this.#options = options;
    this.#folder = join(options.runFolder, METRICS_FOLDER);
    this.#recorder = new RunRecorder(options.store.table);
    this.#schedule();
  }

  /** Writes down what is new, now. Never rejects. */
  flush(): Promise<void> {
    return this.#write(false);
  }

  /** Writes down what is left and ends. */
  async close(): Promise<void> {
    if (this.#isClosed) return this.#working;
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#write(true);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #schedule(): void {
    this.#timer = this.#options.clock.setTimer(this.#options.everyMs ?? EVERY_MS, () => {
      void this.flush().then(() => {
        if (!this.#isClosed) this.#schedule();
      });
    });
    this.#timer.unref();
  }

  #write(isLast: boolean): Promise<void> {
    this.#working = this.#working.then(async () => {
      try {
        await this.#append(isLast);
        if (this.#bytes > this.#fileBytesMax) await this.#next();
      } catch {
        // What could be written in part must not be followed by whole lines in the same file.
        this.#bytes = Number.POSITIVE_INFINITY;
      }
    });
    return this.#working;
  }

  get #fileBytesMax(): number {
    return (this.#options.bytesMax ?? BYTES_MAX) / FILES;
  }

  async #append(isLast: boolean): Promise<void> {
    const { store, clock, everyMs = EVERY_MS } = this.#options;
    store.flush();
    if (this.#number === 0 || this.#bytes === Number.POSITIVE_INFINITY) {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      this.#number++;
      this.#recorder.beginFile();
      const head = { is: "head", first: this.#number, last: this.#number, everyMs } as const;
      await writeFile(runFilePath(this.#folder, this.#number), runLineText(head));
      this.#bytes = 0;
    }
    const lines = [...this.#recorder.lines(clock.wallMs(), isLast)];
    if (lines.length === 0) return;
    const text = lines.join("");
    await appendFile(runFilePath(this.#folder, this.#number), text);
    this.#bytes += Buffer.byteLength(text);
  }

  /** Has the next record begin a new file, and makes room for it. */
  async #next(): Promise<void> {
    this.#bytes = Number.POSITIVE_INFINITY;
    const bytesMax = this.#fileBytesMax * (FILES - 1);
    for (let round = 0; round < FILES; round++) {
      const files = await runFiles(this.#folder);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      const pair = finestPair(files);
      const [oldest] = files;
      if (bytes <= bytesMax || !oldest) return;
      // When all is as coarse as it may get, the oldest has to go.
      if (pair) await this.#merge(...pair);
      else await removeRunFile(this.#folder, oldest.first);
    }
  }

  async #merge(older: RunFile, newer: RunFile): Promise<void> {
    const draft = join(this.#folder, "draft");
    const wantedBytes = 0.6 * (older.bytes + newer.bytes);
    let everyMs = 2 * Math.max(older.everyMs, newer.everyMs);
    for (;;) {
      const bytes = await mergeInto(draft, [older, newer], everyMs);
      if (bytes <= wantedBytes || everyMs >= COARSEST_MS) break;
      everyMs *= 2;
    }
    // From here on the merged file stands for both; a second one that is left behind is passed over in reading.
    await rename(draft, older.path);
    await removeRunFile(this.#folder, newer.first);
    await rm(draft, { force: true });
  }
}

/** The neighbours that are finest together, and of those the oldest; undefined when none can be made coarser. */
function finestPair(files: readonly RunFile[]): [RunFile, RunFile] | undefined {
  let best: [RunFile, RunFile] | undefined;
  const coarseness = ([one, other]: [RunFile, RunFile]) => Math.max(one.everyMs, other.everyMs);
  for (let index = 0; index + 1 < files.length; index++) {
    const [one, other] = [files[index], files[index + 1]];
    if (one && other && (!best || coarseness([one, other]) < coarseness(best))) best = [one, other];
  }
  return best && coarseness(best) < COARSEST_MS ? best : undefined;
}

/** Writes the merged file and tells its size. */
async function mergeInto(path: string, files: readonly [RunFile, RunFile], everyMs: number): Promise<number> {
  const merge = new SegmentMerge(files[0].first, files[1].last, everyMs);
  await writeFile(path, "");
  let bytes = 0;
  const put = async (text: string) => {
    bytes += Buffer.byteLength(text);
    if (text !== "") await appendFile(path, text);
  };
  for (const file of files) {
    merge.beginFile();
    await eachLine(file.path, (line) => merge.line(line));
    await put(merge.taken());
  }
  await put(merge.end());
  return bytes;
}
