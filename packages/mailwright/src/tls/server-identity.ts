import { randomBytes, X509Certificate } from 'node:crypto'
import type { SecureContext } from 'node:tls'
import type { Millis } from '@mailwright/core'
import type { CertificateUser, ServerTls } from '@mailwright/core/node'
import { SetupError } from '../setup-error.js'
import { type Certificate, secureContextOf } from './certificate.js'

/** As Node's TLS names them. */
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

/** How listeners speak TLS. */
export interface TlsChoices {
  /** Default `TLSv1.2`. OpenSSL speaks anything older only with ciphers of `@SECLEVEL=0`. */
  readonly minVersion?: TlsVersion
  /** Default `TLSv1.3`. */
  readonly maxVersion?: TlsVersion
  /** In OpenSSL's language, as in `HIGH:!aNULL` (tls_high_cipherlist, ssl_cipher_list). Default: Node's. */
  readonly ciphers?: string
  /** Whose order of ciphers counts (ssl_prefer_server_ciphers). Default `server`. */
  readonly cipherOrder?: 'server' | 'client'
  /** How long a session may be resumed by its ticket. Default 2 hours, as OpenSSL has it for TLS 1.3. */
  readonly sessionLifetime?: Millis
}

/** Whom clients must have been signed by, and which field of their certificates says who they are. */
export interface ClientCertificates {
  /** PEM. */
  readonly authorities: string
  /** Default `commonName`. */
  readonly user?: CertificateUser
}

/** Certificates of a server. */
export interface ServerCertificates {
  /** For clients that ask for no name, or for one that nobody has. */
  readonly certificate: Certificate
  /**
   * By the name a client asks for (SNI): `mail.example.org`, or `*.example.org` for every name right below (tls_server_sni_maps, local_name); with keys of the same kind as
   * the server's.
   */
  readonly certificates?: { readonly [name: string]: Certificate }
}

/** Octets of Node's ticket keys. Documented of `createSecureContext`. */
const TICKET_KEYS_OCTETS = 48

function keyKind({ certificate }: Certificate): string {
  return new X509Certificate(certificate).publicKey.asymmetricKeyType ?? 'unknown'
}

/** What a server shows its clients. Certificates may be exchanged while it runs; connections that exist keep theirs, and sessions can be resumed. */
export class ServerIdentity implements ServerTls {
  readonly #choices: TlsChoices
  readonly #authorities: string | undefined
  readonly clientUser?: CertificateUser
  readonly #ticketKeys = randomBytes(TICKET_KEYS_OCTETS)
  #fallback: SecureContext
  #byName: ReadonlyMap<string, SecureContext>

  /** @throws {SetupError} where OpenSSL will not have a certificate, a key, the versions or the ciphers. */
  constructor(
    certificates: ServerCertificates,
    options: TlsChoices & { readonly clientCertificates?: ClientCertificates } = {},
  ) {
    const { clientCertificates, ...choices } = options
    this.#choices = choices
    this.#authorities = clientCertificates?.authorities
    if (clientCertificates !== undefined) this.clientUser = clientCertificates.user ?? 'commonName'
    const made = this.#contexts(certificates)
    this.#fallback = made.fallback
    this.#byName = made.byName
  }

  get secureContext(): SecureContext {
    return this.#fallback
  }

  readonly sniCallback: NonNullable<ServerTls['sniCallback']> = (name, done) => {
    const asked = name.toLowerCase()
    done(null, this.#byName.get(asked) ?? this.#byName.get(asked.replace(/^[^.]+/, '*')) ?? this.#fallback)
  }

  /** All or none. @throws as the constructor. */
  replace(certificates: ServerCertificates): void {
    const { fallback, byName } = this.#contexts(certificates)
    this.#fallback = fallback
    this.#byName = byName
  }

  #contexts({ certificate, certificates = {} }: ServerCertificates): {
    readonly fallback: SecureContext
    readonly byName: ReadonlyMap<string, SecureContext>
  } {
    const context = (each: Certificate, whose: string): SecureContext => {
      try {
        return secureContextOf(each, {
          ...this.#choices,
          ticketKeys: this.#ticketKeys,
          ...(this.#authorities === undefined ? {} : { clientAuthorities: this.#authorities }),
        })
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new SetupError(`TLS with the certificate ${whose} is not possible: ${reason}`, { cause })
      }
    }
    const fallback = context(certificate, 'of the server')
    const kind = keyKind(certificate)
    for (const [name, each] of Object.entries(certificates)) {
      // Node lays the certificate of a name over the server's; where their kinds differ both are there, and OpenSSL prefers what clients prefer.
      if (keyKind(each) === kind) continue
      throw new SetupError(
        `the certificate for ${name} has a key of kind ${keyKind(each)}, that of the server one of kind ${kind}; clients would be shown the wrong one: make them alike`,
      )
    }
    const named = Object.entries(certificates)
    return {
      fallback,
      byName: new Map(named.map(([name, each]) => [name.toLowerCase(), context(each, `for ${name}`)])),
    }
  }
}
