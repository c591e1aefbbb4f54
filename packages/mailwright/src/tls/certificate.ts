import { constants, createPrivateKey, webcrypto, X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'
import { SetupError, systemCode } from '../setup-error.js'
import type { TlsChoices } from './server-identity.js'

/** A certificate chain and its key, PEM. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
  /** Of an encrypted key. */
  readonly passphrase?: string
}

/** Ten years: a self-signed certificate is trusted by hand or not at all, and renewing it would only break that trust. */
const SELF_SIGNED_DAYS = 3_650
const DAY = 86_400_000

/**
 * Reads a certificate and its key from files and checks that they belong together.
 *
 * @throws {SetupError} naming the file and what is wrong with it.
 */
export async function readCertificate(files: {
  readonly certificate: string
  readonly key: string
  readonly passphrase?: string
}): Promise<Certificate> {
  const certificate = await readPem(files.certificate, 'certificate')
  const key = await readPem(files.key, 'private key')
  let parsed: X509Certificate
  try {
    parsed = new X509Certificate(certificate)
  } catch (cause) {
    throw new SetupError(`${files.certificate} holds no certificate in PEM form`, { cause })
  }
  try {
    const privateKey = createPrivateKey({ key, format: 'pem', passphrase: files.passphrase ?? '' })
    if (!parsed.checkPrivateKey(privateKey)) {
      throw new SetupError(`the key in ${files.key} does not belong to the certificate in ${files.certificate}`)
    }
  } catch (cause) {
    if (cause instanceof SetupError) throw cause
    throw new SetupError(`${files.key} holds no private key in PEM form that can be opened`, { cause })
  }
  return { certificate, key, ...(files.passphrase === undefined ? {} : { passphrase: files.passphrase }) }
}

/**
 * The self-signed certificate kept in `folder`; makes it on first use, for `hostname` and localhost.
 *
 * Clients must be told to trust it: it is for trying things out and for networks of one's own.
 */
export async function selfSignedCertificate(
  folder: string,
  hostname: string,
): Promise<Certificate & { readonly isNew: boolean }> {
  const files = { certificate: join(folder, 'self-signed.crt'), key: join(folder, 'self-signed.key') }
  try {
    await readFile(files.key)
    return { ...(await readCertificate(files)), isNew: false }
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  const made = await makeSelfSigned(hostname)
  await mkdir(folder, { recursive: true })
  // The key goes last: while it is missing, the pair counts as not made.
  await writeWhole(files.certificate, made.certificate, 0o644)
  await writeWhole(files.key, made.key, 0o600)
  return { ...made, isNew: true }
}

/** A certificate for `hostname`, `localhost` and the loopback addresses, signed by its own key (ECDSA P-256). */
export async function makeSelfSigned(hostname: string): Promise<Certificate> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const now = Date.now()
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [hostname] }],
      notBefore: new Date(now - DAY),
      notAfter: new Date(now + SELF_SIGNED_DAYS * DAY),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: hostname },
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
          { type: 'ip', value: '::1' },
        ]),
      ],
    },
    webcrypto,
  )
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' })
  return { certificate: `${certificate.toString('pem')}\n`, key: key.toString() }
}

/** How long a session may be resumed. Default 2 hours: OpenSSL's for TLS 1.3. */
const SESSION_LIFETIME = 7_200_000

/**
 * TLS 1.2 and up, Node's ciphers in the server's order, unless it is said otherwise; Diffie-Hellman groups as strong as the certificate's key. No
 * renegotiation: it costs the server much more than the client, and TLS 1.3 has none.
 */
export function secureContextOf(
  certificate: Certificate,
  choices: TlsChoices & { readonly ticketKeys?: Buffer; readonly clientAuthorities?: string } = {},
): SecureContext {
  const {
    minVersion = 'TLSv1.2',
    maxVersion,
    ciphers,
    cipherOrder,
    ticketKeys,
    sessionLifetime,
    clientAuthorities,
  } = choices
  return createSecureContext({
    cert: certificate.certificate,
    key: certificate.key,
    minVersion,
    // OpenSSL resumes no session of a client that was asked for a certificate without a name for what it belongs to.
    sessionIdContext: 'mailwright',
    honorCipherOrder: cipherOrder !== 'client',
    dhparam: 'auto',
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    sessionTimeout: Math.ceil((sessionLifetime ?? SESSION_LIFETIME) / 1_000),
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(ticketKeys === undefined ? {} : { ticketKeys }),
    ...(certificate.passphrase === undefined ? {} : { passphrase: certificate.passphrase }),
    ...(clientAuthorities === undefined ? {} : { ca: clientAuthorities }),
  })
}

async function readPem(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (isMissing(cause)) throw new SetupError(`the ${what} ${path} does not exist`, { cause })
    throw new SetupError(`the ${what} ${path} cannot be read (${systemCode(cause)})`, { cause })
  }
}

/** Whole or not at all, also when the process dies. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, text, { mode })
  await chmod(temporary, mode)
  await rename(temporary, path)
}

function isMissing(error: unknown): boolean {
  return systemCode(error) === 'ENOENT'
}
