import { HostError } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UNIQUE_ID_CHARACTERS } from './limits.js'
import { UIDL_FORMAT, uidlFormat } from './uidl-format.js'

/** UIDVALIDITY of the Dovecot 2.3.19 whose ids stand in the first rows. */
const VALIDITY = 0x6b00f8ca

const GOOD: readonly (readonly [name: string, format: string, uid: number, expected: string])[] = [
  ['Dovecot’s default, as Dovecot writes it', '%08Xu%08Xv', 1, '000000016b00f8ca'],
  ['its second message', '%08Xu%08Xv', 2, '000000026b00f8ca'],
  ['the old default', '%v.%u', 77, '1795225802.77'],
  ['Courier’s form of old', 'UID%u-%v', 5, 'UID5-1795225802'],
  ['hexadecimal without a width', '%Xu.%Xv', 255, 'ff.6b00f8ca'],
  ['decimal with zeros in front', '%010u.%v', 42, '0000000042.1795225802'],
  ['a width that the number passes cuts nothing', '%02u', 12345, '12345'],
  ['long names', '%{uidvalidity}.%{uid}', 9, '1795225802.9'],
  ['long names with modifiers', '%08X{uid}', 9, '00000009'],
  ['a percent sign', '%%%u', 9, '%9'],
  ['the greatest UID', '%08Xu%08Xv', 0xffffffff, 'ffffffff6b00f8ca'],
]

const BAD: readonly (readonly [name: string, format: string, complaint: RegExp])[] = [
  ['the file name, which stores need not have', '%f', /%f.*%u \(UID\) and %v \(UIDVALIDITY\)/],
  ['the GUID', '%g', /%g/],
  ['the MD5 of the header', '%m', /%m/],
  ['a name that JavaScript objects have', '%u%{constructor}', /malformed|not known/],
  ['no UID', '%08Xv', /two messages would share one id/],
  ['nothing', '', /no UID/],
  ['a width that cuts', '%8Xu', /cut the number short/],
  ['an unknown modifier', '%08Yu', /modifier X/],
  ['a modifier that makes it ambiguous', '%XXu', /modifier X/],
  ['a lone percent sign at the end', '%u%', /malformed at character 3/],
  ['a space', '%u %v', /malformed at character 3/],
  ['a line end', '%u\r\n', /malformed at character 3/],
  ['a character beyond ASCII', '%uü', /malformed at character 3/],
  ['more than 70 characters', `%u${'x'.repeat(61)}`, /may give 71 characters/],
  ['a width of more than 70', '%071u', /may give 71 characters/],
]

describe('[G4] UIDL formats', () => {
  test.each(GOOD)('%s', (_, format, uid, expected) => {
    expect(uidlFormat(format)(uid, VALIDITY)).toBe(expected)
  })

  test.each(BAD)('refused: %s', (_, format, complaint) => {
    expect(() => uidlFormat(format)).toThrow(HostError)
    expect(() => uidlFormat(format)).toThrow(complaint)
  })

  test('an id of exactly 70 characters is allowed', () => {
    expect(uidlFormat(`%u${'x'.repeat(60)}`)(0xffffffff, 1)).toHaveLength(UNIQUE_ID_CHARACTERS)
  })

  test('different messages have different ids, of 1 to 70 printable characters, whatever the format', () => {
    const number = fc.integer({ min: 1, max: 0xffffffff })
    const formats = fc.constantFrom(UIDL_FORMAT, '%v.%u', '%Xu', '%03u-%Xv', '%{uid}')
    fc.assert(
      fc.property(formats, number, number, number, (format, one, other, validity) => {
        const id = uidlFormat(format)
        expect(id(one, validity)).toMatch(/^[!-~]{1,70}$/)
        expect(id(one, validity) === id(other, validity)).toBe(one === other)
      }),
    )
  })
})
