import { createHash } from "node:crypto";
import { createSecureContext } from "node:tls";
import { messageOf } from "../../../blocks/errors/index.ts";
import type { FileWatch } from "./file-watch.ts";
import { fileError, readCertificates } from "./pem-file.ts";
import type { TlsReport } from "./tls-event.ts";

export interface TrustStoreOptions {
  readonly files: FileWatch;
  readonly report: TlsReport;
  /** Told after the authorities have changed. */
  readonly changed: () => void;
}

/** Authorities of a file that are trusted, as they are now. A file that cannot be read any more leaves those before in force. */
export class TrustStore {
  readonly #file: string;
  readonly #options: TrustStoreOptions;
  #certificates: readonly string[] = [];
  #fingerprint = "";
  #unwatch: () => void = () => {};
  #readings = 0;
  #closed = false;

  private constructor(file: string, options: TrustStoreOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** Throws `EdgeError` `INVALID_CONFIG`, which names the file and the mend. */
  static async open(file: string, options: TrustStoreOptions): Promise<TrustStore> {
    const store = new TrustStore(file, options);
    store.#unwatch = await options.files.add([file], () => void store.#reload());
    try {
      await store.#read();
      return store;
    } catch (thrown) {
      store.close();
      throw thrown;
    }
  }

  /** In PEM. */
  get certificates(): readonly string[] {
    return this.#certificates;
  }

  /** The same for the same authorities. */
  get fingerprint(): string {
    return this.#fingerprint;
  }

  /** Takes no more changes up. */
  close(): void {
    this.#closed = true;
    this.#unwatch();
  }

  async #reload(): Promise<void> {
    const { report, changed } = this.#options;
    const file = this.#file;
    try {
      if (!(await this.#read())) return;
    } catch (thrown) {
      if (!this.#closed) report({ type: "tls-refused", file, reason: messageOf(thrown) });
      return;
    }
    changed();
    report({ type: "tls-reloaded", file, names: [] });
  }

  /** False when it is too late: a later reading began, or nobody wants it any more. */
  async #read(): Promise<boolean> {
    const reading = ++this.#readings;
    const certificates = await readCertificates(this.#file);
    const texts = certificates.map((one) => one.toString());
    checkUsable(texts, this.#file);
    if (this.#closed || reading !== this.#readings) return false;
    this.#certificates = texts;
    const hash = createHash("sha256");
    for (const { raw } of certificates) hash.update(raw);
    this.#fingerprint = hash.digest("base64url");
    return true;
  }
}

/** OpenSSL may find fault with what can be read. */
function checkUsable(ca: string[], file: string): void {
  try {
    createSecureContext({ ca });
  } catch (thrown) {
    throw fileError(file, `holds authorities that cannot be used (${messageOf(thrown)})`, thrown);
  }
}
