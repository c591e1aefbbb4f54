import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SetupError } from '../setup-error.js'
import { makeSelfSigned, readCertificate, secureContextOf, selfSignedCertificate } from './certificate.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-certificate-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a self-signed certificate', () => {
  test('is for the host name, localhost and the loopback addresses, and fits its key', async () => {
    const made = await makeSelfSigned('mx.example.com')
    const certificate = new X509Certificate(made.certificate)
    expect(certificate.checkHost('mx.example.com')).toBe('mx.example.com')
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate.checkIP('::1')).toBe('::1')
    expect(() => secureContextOf(made)).not.toThrow()
  })
  test('is made once, its key for nobody else to read', async () => {
    const place = join(folder, 'tls')
    const first = await selfSignedCertificate(place, 'mx.example.com')
    const second = await selfSignedCertificate(place, 'mx.example.com')
    expect([first.isNew, second.isNew]).toEqual([true, false])
    expect(second.certificate).toBe(first.certificate)
    expect(statSync(join(place, 'self-signed.key')).mode & 0o777).toBe(0o600)
  })
})

describe('a certificate in files', () => {
  const files = () => ({ certificate: join(folder, 'a.crt'), key: join(folder, 'a.key') })
  const write = (certificate: string, key: string) => {
    writeFileSync(files().certificate, certificate)
    writeFileSync(files().key, key)
  }
  const refusal = async (): Promise<string> => {
    try {
      await readCertificate(files())
    } catch (error) {
      if (error instanceof SetupError) return error.message
      throw error
    }
    return 'none'
  }

  test('is read', async () => {
    const made = await makeSelfSigned('a.example')
    write(made.certificate, made.key)
    expect(await readCertificate(files())).toEqual(made)
  })
  test('a missing file is named', async () => {
    expect(await refusal()).toBe(`the certificate ${files().certificate} does not exist`)
  })
  test('something else than PEM is named', async () => {
    const made = await makeSelfSigned('a.example')
    write('hello', made.key)
    expect(await refusal()).toBe(`${files().certificate} holds no certificate in PEM form`)
    write(made.certificate, 'hello')
    expect(await refusal()).toBe(`${files().key} holds no private key in PEM form that can be opened`)
  })
  test("another certificate's key is found", async () => {
    const [one, other] = [await makeSelfSigned('a.example'), await makeSelfSigned('a.example')]
    write(one.certificate, other.key)
    expect(await refusal()).toBe(
      `the key in ${files().key} does not belong to the certificate in ${files().certificate}`,
    )
  })
})
