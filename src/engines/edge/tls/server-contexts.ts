import { createHash } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import { messageOf } from "../../../blocks/errors/index.ts";
import type { Clock, Timer } from "../../../blocks/time/index.ts";
import type { ListenerTlsConfig } from "../config/index.ts";
import type { LocalAuthority } from "./authority/local-authority.ts";
import type { Certificate } from "./certificate.ts";
import { chooserByName } from "./certificate-names.ts";
import { CertificateStore } from "./certificate-store.ts";
import type { FileWatch } from "./file-watch.ts";
import type { TlsReport } from "./tls-event.ts";
import { COMMON_POLICY, NO_TICKETS } from "./tls-policy.ts";
import { TrustStore } from "./trust-store.ts";

/** How often the local authority is asked anew for the certificate that is shown to clients without a name. */
const RENEWAL_CHECK_MS = 3_600_000;

export interface ServerContextsOptions {
  readonly clock: Clock;
  readonly files: FileWatch;
  readonly report: TlsReport;
  /** How long sessions can be resumed, a week at most; 0: never. */
  readonly sessionMs: number;
  /** Told after the files of a listener have changed, and are in force. */
  readonly changed: () => void;
}

/** What a listener shows its clients, by the name that they ask for. */
export class ServerContexts {
  readonly #config: ListenerTlsConfig;
  readonly #options: ServerContextsOptions;
  #certificates: CertificateStore | undefined;
  #clientTrust: TrustStore | undefined;
  #local: LocalAuthority | undefined;
  /** Shown to clients that name no server, or an unknown one. */
  #standing: Certificate | undefined;
  #choose: (serverName: string) => Certificate | undefined = () => undefined;
  #made = new WeakMap<Certificate, SecureContext>();
  #renewal: Timer | undefined;

  private constructor(config: ListenerTlsConfig, options: ServerContextsOptions) {
    this.#config = config;
    this.#options = options;
  }

  /** Reads all files. Throws `EdgeError` `INVALID_CONFIG`, which names the file and the mend. */
  static async open(config: ListenerTlsConfig, options: ServerContextsOptions): Promise<ServerContexts> {
    const contexts = new ServerContexts(config, options);
    try {
      await contexts.#open();
      return contexts;
    } catch (thrown) {
      contexts.close();
      throw thrown;
    }
  }

  /** Of the context that is shown to clients that name no server, or an unknown one. */
  get standing(): SecureContextOptions {
    return this.#optionsFor(this.#standing);
  }

  /**
   * Tells sessions apart that must not be resumed for each other: where clients show certificates, one that was let in by some
   * authorities is not let in by others, at another listener or after the file has changed.
   */
  get sessionScope(): string {
    const { clients } = this.#config;
    const asked = clients ? [clients.required !== false, this.#clientTrust?.fingerprint] : [];
    return createHash("sha256").update(JSON.stringify(asked)).digest("hex").slice(0, 32);
  }

  /** For a client that asks for a name; undefined: the standing one. Only the local authority takes time for it. */
  find(serverName: string): SecureContext | undefined | Promise<SecureContext | undefined> {
    const certificate = this.#choose(serverName);
    if (certificate) return this.#contextOf(certificate);
    return this.#local?.certificateFor(serverName).then((made) => (made ? this.#contextOf(made) : undefined));
  }

  /** Takes no more changes up. */
  close(): void {
    this.#certificates?.close();
    this.#clientTrust?.close();
    this.#renewal?.cancel();
  }

  async #open(): Promise<void> {
    const { clock, files, report } = this.#options;
    const { clients, certificates = [], local } = this.#config;
    const changed = () => {
      this.#apply();
      this.#options.changed();
    };
    if (clients) this.#clientTrust = await TrustStore.open(clients.authorityFile, { files, report, changed });
    this.#certificates = await CertificateStore.open(certificates, { clock, files, report, changed });
    if (local) {
      const { openLocalAuthority } = await import("./authority/local-authority.ts");
      this.#local = await openLocalAuthority(local, clock);
      if (certificates.length === 0) {
        this.#standing = await this.#local.standing();
        this.#renewLater(this.#local);
      }
    }
    this.#apply();
  }

  #apply(): void {
    const certificates = this.#certificates?.certificates ?? [];
    this.#choose = chooserByName(certificates.map((value) => ({ names: value.names, value })));
    this.#standing = certificates[0] ?? this.#standing;
    this.#made = new WeakMap();
    for (const one of certificates) this.#contextOf(one);
  }

  #renewLater(local: LocalAuthority): void {
    this.#renewal = this.#options.clock.setTimer(RENEWAL_CHECK_MS, () => {
      this.#renewLater(local);
      void this.#renew(local);
    });
    this.#renewal.unref();
  }

  async #renew(local: LocalAuthority): Promise<void> {
    const before = this.#standing;
    try {
      this.#standing = await local.standing();
    } catch (thrown) {
      const file = this.#config.local?.folder ?? "";
      this.#options.report({ type: "tls-refused", file, reason: messageOf(thrown) });
      return;
    }
    if (this.#standing !== before) this.#options.changed();
  }

  #contextOf(certificate: Certificate): SecureContext {
    const known = this.#made.get(certificate);
    if (known) return known;
    const made = createSecureContext(this.#optionsFor(certificate));
    this.#made.set(certificate, made);
    return made;
  }

  #optionsFor(certificate: Certificate | undefined): SecureContextOptions {
    const { minVersion = "TLSv1.2" } = this.#config;
    const { sessionMs } = this.#options;
    const seconds = Math.ceil(sessionMs / 1_000);
    return {
      ...COMMON_POLICY,
      minVersion,
      ...(certificate ? { cert: certificate.chainText, key: certificate.keyText } : {}),
      // An empty list, so that the runtime's authorities are not loaded for a server that trusts nobody.
      ca: [...(this.#clientTrust?.certificates ?? [])],
      sessionIdContext: this.sessionScope,
      ...(sessionMs > 0 ? { sessionTimeout: seconds } : { secureOptions: NO_TICKETS }),
    };
  }
}
