import { describe, expect, test } from 'vitest'
import { charsetDecoder, SEARCH_CHARSETS } from './charset.js'

describe('charsets of SEARCH (RFC 3501 §6.4.4)', () => {
  test.each(SEARCH_CHARSETS)('%s is one the platform decodes, and reads US-ASCII in it', (charset) => {
    expect(charsetDecoder(charset.toLowerCase())?.('Hello (1)')).toBe('Hello (1)')
    expect(() => charsetDecoder(charset)?.('\u00e4')).not.toThrow()
  })

  test('US-ASCII must be known, and is seven bits', () => {
    expect(charsetDecoder('US-ASCII')?.('a\x1b')).toBe('a\x1b')
    expect(charsetDecoder('US-ASCII')?.('\u00e4')).toBeUndefined()
  })

  test('others are not', () => {
    expect(charsetDecoder('UTF-7')).toBeUndefined()
    expect(charsetDecoder('latin1')).toBeUndefined()
    expect(charsetDecoder('')).toBeUndefined()
  })
})
