import { messageOf } from "../../../blocks/errors/index.ts";
import type { Clock, Timer } from "../../../blocks/time/index.ts";
import type { CertificateConfig } from "../config/index.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import type { FileWatch } from "./file-watch.ts";
import type { TlsReport } from "./tls-event.ts";

/** How often certificates are looked at for their expiry. */
const EXPIRY_CHECK_MS = 12 * 3_600_000;
/** Certificates of 90 days are renewed with 30 days left: with 21, something keeps them from it. */
const WARNING_MS = 21 * 86_400_000;
/** Of its whole time, for those that live less long. */
const WARNING_SHARE = 0.25;

export interface CertificateStoreOptions {
  readonly clock: Clock;
  readonly files: FileWatch;
  readonly report: TlsReport;
  /** Told after `certificates` has changed. */
  readonly changed: () => void;
}

/**
 * Certificates of files, as they are now: changed ones are taken up when they can be used, and otherwise those before stay in
 * force, and the report says why. Revocation (OCSP stapling) is not done: authorities are ending it in favour of short lives.
 */
export class CertificateStore {
  readonly #options: CertificateStoreOptions;
  readonly #entries: Entry[] = [];
  #expiryTimer: Timer | undefined;
  #closed = false;

  private constructor(options: CertificateStoreOptions) {
    this.#options = options;
  }

  /** Reads all certificates. Throws `EdgeError` `INVALID_CONFIG` for the first that cannot be used. */
  static async open(
    configs: readonly CertificateConfig[],
    options: CertificateStoreOptions,
  ): Promise<CertificateStore> {
    const store = new CertificateStore(options);
    try {
      for (const config of configs) await store.#add(config);
    } catch (thrown) {
      store.close();
      throw thrown;
    }
    store.#checkExpiry();
    return store;
  }

  /** In the order of the configuration. */
  get certificates(): readonly Certificate[] {
    return this.#entries.map(({ certificate }) => certificate);
  }

  /** Takes no more changes up. */
  close(): void {
    this.#closed = true;
    this.#expiryTimer?.cancel();
    for (const entry of this.#entries) entry.unwatch();
  }

  async #add(config: CertificateConfig): Promise<void> {
    const { files, clock } = this.#options;
    let entry: Entry | undefined;
    const unwatch = await files.add([config.certificateFile, config.keyFile], () => {
      if (entry) void this.#reload(entry);
    });
    try {
      const certificate = await readCertificate(config, clock.wallMs());
      entry = { config, certificate, unwatch, readings: 0 };
      this.#entries.push(entry);
    } catch (thrown) {
      unwatch();
      throw thrown;
    }
  }

  async #reload(entry: Entry): Promise<void> {
    const { clock, report, changed } = this.#options;
    const file = entry.config.certificateFile;
    const reading = ++entry.readings;
    try {
      const certificate = await readCertificate(entry.config, clock.wallMs());
      if (this.#closed || reading !== entry.readings) return;
      entry.certificate = certificate;
    } catch (thrown) {
      if (this.#closed || reading !== entry.readings) return;
      report({ type: "tls-refused", file, reason: messageOf(thrown) });
      return;
    }
    changed();
    report({ type: "tls-reloaded", file, names: entry.certificate.names });
  }

  #checkExpiry(): void {
    const { clock, report } = this.#options;
    for (const { config, certificate } of this.#entries) {
      const { names, validFromMs, validToMs } = certificate;
      const leftMs = validToMs - clock.wallMs();
      if (leftMs > Math.min(WARNING_MS, (validToMs - validFromMs) * WARNING_SHARE)) continue;
      report({ type: "tls-expiring", file: config.certificateFile, names, validToMs, leftMs });
    }
    this.#expiryTimer = clock.setTimer(EXPIRY_CHECK_MS, () => this.#checkExpiry());
    this.#expiryTimer.unref();
  }
}

interface Entry {
  readonly config: CertificateConfig;
  readonly unwatch: () => void;
  certificate: Certificate;
  /** Tells a reading that a later one has overtaken. */
  readings: number;
}
