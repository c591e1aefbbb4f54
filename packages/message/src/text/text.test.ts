import { fromLatin1, fromUtf8 } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { textOf, textStream } from './text.js'

describe('text of a part', () => {
  test('in its charset', () => {
    expect(textOf(fromLatin1('\xcd\xc9\xd2'), 'KOI8-R')).toBe('мир')
  })

  test('in none that is known is guessed', () => {
    for (const charset of ['', 'us-ascii', 'x-unknown', 'x-foo']) {
      expect(textOf(fromUtf8('é'), charset)).toBe('é')
      expect(textOf(fromLatin1('\xe9'), charset)).toBe('é')
    }
  })

  test('in chunks, characters cut in two', () => {
    for (const charset of ['utf-8', 'x-foo', 'us-ascii']) {
      const stream = textStream(charset)
      expect(Array.from(fromUtf8('aé€'), (octet) => stream.push(Uint8Array.of(octet))).join('') + stream.end()).toBe(
        'aé€',
      )
    }
    const stream = textStream('iso-2022-jp')
    const pushed = Array.from(fromLatin1('\x1b$BF|K\\\x1b(B'), (octet) => stream.push(Uint8Array.of(octet)))
    expect(pushed.join('') + stream.end()).toBe('日本')
  })

  test('cut off within a character ends with a replacement', () => {
    const stream = textStream('utf-8')
    expect(stream.push(Uint8Array.of(0x61, 0xc3)) + stream.end()).toBe('a\ufffd')
  })
})
