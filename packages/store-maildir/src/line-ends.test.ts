import { concat, fromLatin1, latin1 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DiskToWire, WireLength, WireToDisk } from './line-ends.js'

/** Cuts text into chunks at these places. */
function cut(text: string, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b)
  return places.slice(1).map((end, at) => fromLatin1(text.slice(places[at], end)))
}

function toDisk(chunks: readonly Uint8Array[]): string | undefined {
  const converter = new WireToDisk()
  const out: Uint8Array[] = []
  for (const chunk of chunks) {
    const converted = converter.push(chunk)
    if (converted === undefined) return undefined
    out.push(converted)
  }
  return latin1(concat([...out, converter.end()]))
}

function toWire(chunks: readonly Uint8Array[]): string {
  const converter = new DiskToWire()
  return latin1(concat(chunks.map((chunk) => converter.push(chunk))))
}

const OCTETS = fc.string({ unit: fc.constantFrom('\r', '\n', 'a', '\r\n'), maxLength: 24 })
const CUTS = fc.array(fc.nat(30), { maxLength: 8 })

describe('wire to disk', () => {
  test.each([
    ['lines', 'a\r\nb\r\n', 'a\nb\n'],
    ['no line end at the end', 'a\r\nb', 'a\nb'],
    ['empty lines', '\r\n\r\n', '\n\n'],
    ['a bare CR stays', 'a\rb\r\n', 'a\rb\n'],
    ['a CR at the end stays', 'a\r', 'a\r'],
    ['NUL and 8-bit', '\0\xff\r\n', '\0\xff\n'],
    ['a bare LF cannot be told from CRLF', 'a\nb\r\n', undefined],
    ['CR CR LF cannot be told from CRLF on disk', 'a\r\r\n', undefined],
  ])('%s', (_, wire, disk) => {
    for (let at = 0; at <= wire.length; at++) expect(toDisk(cut(wire, [at]))).toBe(disk)
  })

  test('what is taken comes back, however it is cut, and what is refused is only what would not', () => {
    fc.assert(
      fc.property(OCTETS, CUTS, CUTS, (wire, cuts, again) => {
        const disk = toDisk(cut(wire, cuts))
        if (disk === undefined) expect(wire).toMatch(/(^|[^\r])\n|\r\r\n/)
        else expect(toWire(cut(disk, again))).toBe(wire)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('disk to wire', () => {
  test.each([
    ['LF', 'a\nb\n', 'a\r\nb\r\n'],
    ['CRLF', 'a\r\nb\r\n', 'a\r\nb\r\n'],
    ['both', 'a\nb\r\nc\n', 'a\r\nb\r\nc\r\n'],
    ['bare CR', 'a\rb\n', 'a\rb\r\n'],
  ])('%s', (_, disk, wire) => {
    for (let at = 0; at <= disk.length; at++) expect(toWire(cut(disk, [at]))).toBe(wire)
  })

  test('counting agrees with converting', () => {
    fc.assert(
      fc.property(OCTETS, CUTS, (disk, cuts) => {
        const length = new WireLength()
        for (const chunk of cut(disk, cuts)) length.push(chunk)
        expect(length.octets).toBe(toWire(cut(disk, [])).length)
      }),
    )
  })
})
