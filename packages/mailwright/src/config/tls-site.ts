import { dictionary, oneOf, optional, type RecordOf, record, text, variants, whole } from './shape.js'

const version = oneOf(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'])
/** A year; RFC 8446 §4.6.1 allows no ticket more than seven days, and OpenSSL sees to that. */
const LONGEST_SESSION = 31_536_000_000

const files = { certificate: text(), key: text(), passphrase: optional(text()) }

const choices = {
  /** Who signs certificates of clients. */
  clientAuthorities: optional(text()),
  /** The field that names the user. */
  clientUser: optional(oneOf(['commonName', 'emailAddress'])),
  names: optional(dictionary(record(files))),
  minVersion: optional(version),
  maxVersion: optional(version),
  ciphers: optional(text()),
  cipherOrder: optional(oneOf(['server', 'client'])),
  sessionLifetime: optional(whole({ min: 0, max: LONGEST_SESSION })),
}

/** `tls` in `site.json`. */
export const tlsSite = variants({
  files: { ...files, ...choices },
  'self-signed': { folder: text(), ...choices },
})

export type TlsSite = ReturnType<typeof tlsSite>

type Files = RecordOf<typeof files>

/** Paths are taken from where the site's file is. */
export function placeTls(tls: TlsSite, place: (path: string) => string): TlsSite {
  const placed = <F extends Files>(each: F): F => ({
    ...each,
    certificate: place(each.certificate),
    key: place(each.key),
  })
  const names = Object.entries(tls.names ?? {}).map(([name, each]) => [name, placed(each)] as const)
  const { clientAuthorities } = tls
  const own = {
    ...(tls.names === undefined ? {} : { names: Object.fromEntries(names) }),
    ...(clientAuthorities === undefined ? {} : { clientAuthorities: place(clientAuthorities) }),
  }
  return tls.kind === 'files' ? { ...placed(tls), ...own } : { ...tls, folder: place(tls.folder), ...own }
}
