import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { fromUtf8, utf8 } from '../bytes.js'
import type { SaslClientExchange, SaslClientMechanism } from '../sasl/client/client-mechanism.js'
import { CLIENT_MECHANISMS } from '../sasl/client/client-mechanisms.js'

/** Rounds that a server may ask of SCRAM. Default 100,000: some 50 ms; RFC 7677 §4 recommends 15,000. Passed: the exchange is cancelled, and the login fails. */
const ROUNDS = 100_000

/**
 * SCRAM without channel binding: the password never crosses the wire, and the server has to prove that it knows it too.
 *
 *     client-first-message = gs2-header "n=" saslname "," "r=" c-nonce
 *     client-final-message = "c=" base64 "," "r=" nonce "," "p=" base64
 *
 * RFC 5802 §5, §7, RFC 7677.
 *
 * @param nonce for tests: printable, without a comma.
 */
export function scramClient(
  hash: 'SHA-1' | 'SHA-256',
  nonce: () => string = () => randomBytes(24).toString('base64'),
): SaslClientMechanism {
  return {
    name: `SCRAM-${hash}`,
    isPlaintext: false,
    begin(credentials) {
      if (credentials.kind !== 'password') return null
      const { user, password, authorize = '' } = credentials
      const header = `n,${authorize === '' ? '' : `a=${saslName(authorize)}`},`
      return new ScramExchange(
        hash.toLowerCase().replace('-', ''),
        header,
        `n=${saslName(user)},r=${nonce()}`,
        password,
      )
    },
  }
}

class ScramExchange implements SaslClientExchange {
  readonly initialResponse: Uint8Array
  readonly #hash: string
  readonly #header: string
  readonly #first: string
  readonly #password: string
  /** What the server must say at the end; `null` before it is known. */
  #proof: Buffer | null = null
  #isProved = false

  constructor(hash: string, header: string, first: string, password: string) {
    this.#hash = hash
    this.#header = header
    this.#first = first
    // What SASLprep does to almost every password that people have (RFC 4013 §2.2).
    this.#password = password.normalize('NFKC')
    this.initialResponse = fromUtf8(header + first)
  }

  get isProved(): boolean {
    return this.#isProved
  }

  respond(challenge: Uint8Array): Uint8Array | null {
    const text = utf8(challenge)
    return this.#proof === null ? this.#final(text) : this.#verify(text, this.#proof)
  }

  #final(challenge: string): Uint8Array | null {
    const [, nonce, salt, rounds] =
      /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/=]+),i=([1-9]\d{0,8})(?:,|$)/.exec(challenge) ?? []
    const [, ours = ''] = /,r=(.*)$/s.exec(this.#first) ?? []
    if (nonce === undefined || salt === undefined || Number(rounds) > ROUNDS) return null
    // A nonce that does not go on from ours belongs to somebody else's login.
    if (!nonce.startsWith(ours) || nonce.length === ours.length) return null
    const withoutProof = `c=${Buffer.from(this.#header, 'utf8').toString('base64')},r=${nonce}`
    const said = `${this.#first},${challenge},${withoutProof}`
    const octets = createHash(this.#hash).digest().length
    const salted = pbkdf2Sync(this.#password, Buffer.from(salt, 'base64'), Number(rounds), octets, this.#hash)
    const clientKey = this.#mac(salted, 'Client Key')
    const signature = this.#mac(createHash(this.#hash).update(clientKey).digest(), said)
    const proof = Buffer.from(clientKey.map((octet, at) => octet ^ (signature[at] ?? 0)))
    this.#proof = this.#mac(this.#mac(salted, 'Server Key'), said)
    return fromUtf8(`${withoutProof},p=${proof.toString('base64')}`)
  }

  #verify(challenge: string, proof: Buffer): Uint8Array | null {
    const told = Buffer.from(/^v=([A-Za-z0-9+/=]+)(?:,|$)/.exec(challenge)?.[1] ?? '', 'base64')
    if (this.#isProved || told.length !== proof.length || !timingSafeEqual(told, proof)) return null
    this.#isProved = true
    return new Uint8Array(0)
  }

  #mac(key: Uint8Array, text: string): Buffer {
    return createHmac(this.#hash, key).update(text, 'utf8').digest()
  }
}

/** `saslname`: a comma and an equals sign are `=2C` and `=3D`. RFC 5802 §5.1. */
function saslName(name: string): string {
  return name.replace(/[=,]/g, (character) => (character === '=' ? '=3D' : '=2C'))
}

/** A name, and the challenge's HMAC with the password for its key. RFC 2195 §2. */
export const CRAM_MD5_CLIENT: SaslClientMechanism = {
  name: 'CRAM-MD5',
  isPlaintext: false,
  begin(credentials) {
    if (credentials.kind !== 'password') return null
    const { user, password } = credentials
    let hasAnswered = false
    return {
      initialResponse: null,
      respond(challenge) {
        if (hasAnswered) return null
        hasAnswered = true
        const digest = createHmac('md5', fromUtf8(password)).update(challenge).digest('hex')
        return fromUtf8(`${user} ${digest}`)
      },
    }
  },
}

/** Core's own, and those that need digests: SCRAM before all that tell the password, CRAM-MD5, which MD5 makes little better, after them. */
export const NODE_CLIENT_MECHANISMS: readonly SaslClientMechanism[] = [
  ...CLIENT_MECHANISMS.filter(({ isPlaintext }) => !isPlaintext),
  scramClient('SHA-256'),
  scramClient('SHA-1'),
  ...CLIENT_MECHANISMS.filter(({ isPlaintext }) => isPlaintext),
  CRAM_MD5_CLIENT,
]
