import { crc32 } from 'node:zlib'
import type { Flags, Octets, SpecialUse, UnixMillis } from '@mailwright/core'
import { parseRanges, type UidRanges, writeRanges } from './uid-ranges.js'

/** What one line of a mailbox's journal says. Later lines overrule earlier ones. */
export type JournalRecord =
  /** Always the first line, and only there. */
  | {
      readonly kind: 'mailbox'
      readonly id: string
      readonly uidValidity: number
      readonly specialUse: SpecialUse | null
    }
  /** What a rewritten journal would otherwise forget with the lines it leaves out. */
  | { readonly kind: 'floor'; readonly uidNext: number; readonly modSeq: number; readonly recentFrom: number }
  /** A message got its UID. `group` above 0: it counts only once the group is committed. */
  | {
      readonly kind: 'added'
      readonly uid: number
      readonly modSeq: number
      readonly internalDate: UnixMillis
      readonly size: Octets
      readonly octets: Octets | null
      readonly group: number
      readonly flags: Flags
      readonly base: string
    }
  | { readonly kind: 'flags'; readonly modSeq: number; readonly flags: Flags; readonly uids: UidRanges }
  | { readonly kind: 'vanished'; readonly modSeq: number; readonly uids: UidRanges }
  /** The length of a foreign message in wire form, and of the file it was counted in. */
  | { readonly kind: 'measured'; readonly uid: number; readonly size: Octets; readonly octets: Octets }
  /** Messages below `uid` are not `\Recent` any more. */
  | { readonly kind: 'recent'; readonly uid: number }
  /** Files with these base names are about to appear; where the group is never committed they are removed. */
  | { readonly kind: 'begin'; readonly group: number; readonly bases: readonly string[] }
  | { readonly kind: 'commit'; readonly group: number }

const MAGIC = 'mailwright-uids/1'
const SPECIAL: ReadonlySet<string> = new Set([
  'All',
  'Archive',
  'Drafts',
  'Flagged',
  'Important',
  'Junk',
  'Sent',
  'Trash',
])

/** One line with its line feed. The last word is the CRC-32 of what stands before it: a torn or spoiled line shows. */
export function writeLine(record: JournalRecord): string {
  const text = writeRecord(record)
  return `${text} ${checksum(text)}\n`
}

/** `undefined` for a line that is torn, spoiled or of another version. Without line feed. */
export function parseLine(line: string): JournalRecord | undefined {
  const space = line.lastIndexOf(' ')
  const text = line.slice(0, Math.max(0, space))
  return line.slice(space + 1) === checksum(text) ? parseRecord(text.split(' ')) : undefined
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}

function writeRecord(record: JournalRecord): string {
  switch (record.kind) {
    case 'mailbox':
      return `${MAGIC} ${record.id} ${record.uidValidity} ${record.specialUse ?? '-'}`
    case 'floor':
      return `N ${record.uidNext} ${record.modSeq} ${record.recentFrom}`
    case 'added': {
      const sizes = `${record.size} ${record.octets ?? '-'}`
      const { uid, modSeq, internalDate, group } = record
      return `A ${uid} ${modSeq} ${internalDate} ${sizes} ${group} ${writeFlags(record.flags)} ${encodeWord(record.base)}`
    }
    case 'flags':
      return `F ${record.modSeq} ${writeFlags(record.flags)} ${writeRanges(record.uids)}`
    case 'vanished':
      return `E ${record.modSeq} ${writeRanges(record.uids)}`
    case 'measured':
      return `O ${record.uid} ${record.size} ${record.octets}`
    case 'recent':
      return `R ${record.uid}`
    case 'begin':
      return `B ${record.group} ${record.bases.map(encodeWord).join(' ')}`
    case 'commit':
      return `C ${record.group}`
    default:
      return record satisfies never
  }
}

function parseRecord(words: readonly string[]): JournalRecord | undefined {
  const [kind, ...fields] = words
  const [first = '', second = '', third = ''] = fields
  const numbers = fields.map((field) => (/^-?\d{1,16}$/.test(field) ? Number(field) : null))
  const [one = null, two = null, three = null] = numbers
  switch (kind) {
    case MAGIC:
      if (first === '' || two === null || (third !== '-' && !isSpecialUse(third))) return undefined
      return { kind: 'mailbox', id: first, uidValidity: two, specialUse: isSpecialUse(third) ? third : null }
    case 'N':
      if (one === null || two === null || three === null) return undefined
      return { kind: 'floor', uidNext: one, modSeq: two, recentFrom: three }
    case 'A':
      return parseAdded(fields, numbers)
    case 'F': {
      const flags = parseFlags(second)
      const uids = parseRanges(third)
      return one === null || flags === undefined || uids === undefined
        ? undefined
        : { kind: 'flags', modSeq: one, flags, uids }
    }
    case 'E': {
      const uids = parseRanges(second)
      return one === null || uids === undefined ? undefined : { kind: 'vanished', modSeq: one, uids }
    }
    case 'O':
      if (one === null || two === null || three === null) return undefined
      return { kind: 'measured', uid: one, size: two, octets: three }
    case 'R':
      return one === null ? undefined : { kind: 'recent', uid: one }
    case 'B':
      return one === null ? undefined : { kind: 'begin', group: one, bases: fields.slice(1).map(decodeWord) }
    case 'C':
      return one === null ? undefined : { kind: 'commit', group: one }
    default:
      return undefined
  }
}

function parseAdded(fields: readonly string[], numbers: readonly (number | null)[]): JournalRecord | undefined {
  const [uid = null, modSeq = null, internalDate = null, size = null, octets = null, group = null] = numbers
  const flags = parseFlags(fields[6] ?? '')
  const base = decodeWord(fields[7] ?? '')
  if (uid === null || modSeq === null || internalDate === null || size === null || group === null) return undefined
  if (flags === undefined || base === '') return undefined
  return { kind: 'added', uid, modSeq, internalDate, size, octets, group, flags, base }
}

/** The system flags' number, then keywords, separated by commas. */
function writeFlags(flags: Flags): string {
  return [`${flags.system}`, ...flags.keywords.map((keyword) => encodeWord(keyword).replaceAll(',', '%2c'))].join(',')
}

function parseFlags(text: string): Flags | undefined {
  const [system = '', ...keywords] = text.split(',')
  return /^\d{1,3}$/.test(system) ? { system: Number(system), keywords: keywords.map(decodeWord) } : undefined
}

/** Blanks separate words; everything else that a file name may hold stands for itself. */
function encodeWord(text: string): string {
  return text.replaceAll('%', '%25').replaceAll(' ', '%20')
}

function decodeWord(text: string): string {
  return text.replaceAll('%20', ' ').replaceAll('%2c', ',').replaceAll('%25', '%')
}

function isSpecialUse(text: string): text is SpecialUse {
  return SPECIAL.has(text)
}
