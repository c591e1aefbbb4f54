import type { Partial, Section } from '../command.js'
import { writeAstring } from '../response/strings.js'
import type { Cursor } from './cursor.js'
import { astring } from './strings.js'

const SECTION_TEXT = /HEADER\.FIELDS\.NOT|HEADER\.FIELDS|HEADER|TEXT|MIME/iy

/** `ftext` of RFC 5322 §3.6.8, one or more: what a field's name may be. */
const FIELD_NAME = /^[!-9;-~]+$/

/** A section with the text an answer repeats. */
export interface LabelledSection {
  readonly section: Section
  readonly label: string
}

/**
 *     section         = "[" [section-spec] "]"
 *     section-spec    = section-msgtext / (section-part ["." section-text])
 *     section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
 *     section-part    = nz-number *("." nz-number)
 *     section-text    = section-msgtext / "MIME"
 *
 * RFC 3501 §9.
 */
export function section(c: Cursor): LabelledSection {
  c.expect('[')
  const part = sectionPart(c)
  const text = part.isOpen ? sectionText(c, part.numbers.length > 0) : { text: { kind: 'all' } as const, label: '' }
  c.expect(']')
  const numbers = part.numbers.join('.')
  const dot = numbers !== '' && text.label !== '' ? '.' : ''
  return { section: { part: part.numbers, text: text.text }, label: `[${numbers}${dot}${text.label}]` }
}

/**
 *     section-binary = "[" [section-part] "]"
 *
 * RFC 3516 §7.
 */
export function sectionBinary(c: Cursor): { readonly part: readonly number[]; readonly label: string } {
  c.expect('[')
  const { numbers, isOpen } = sectionPart(c)
  if (isOpen) c.bad('Invalid section')
  c.expect(']')
  return { part: numbers, label: `[${numbers.join('.')}]` }
}

/**
 *     "<" number "." nz-number ">"
 *
 * `fetch-att` of RFC 3501 §9. `null` where none stands here.
 */
export function partial(c: Cursor): Partial | null {
  if (!c.skip('<')) return null
  const start = c.number()
  c.expect('.')
  const count = c.nzNumber()
  c.expect('>')
  return { start, count }
}

/** Part numbers; `isOpen` when a section text may or must follow. */
function sectionPart(c: Cursor): { readonly numbers: readonly number[]; readonly isOpen: boolean } {
  const numbers: number[] = []
  if (c.peek === ']') return { numbers, isOpen: false }
  while (/\d/.test(c.peek)) {
    numbers.push(c.nzNumber())
    if (!c.skip('.')) return { numbers, isOpen: false }
  }
  return { numbers, isOpen: true }
}

function sectionText(c: Cursor, isOfPart: boolean): { readonly text: Section['text']; readonly label: string } {
  const word = c.match(SECTION_TEXT)?.toUpperCase()
  switch (word) {
    case 'HEADER':
      return { text: { kind: 'header' }, label: word }
    case 'TEXT':
      return { text: { kind: 'text' }, label: word }
    case 'MIME':
      if (!isOfPart) c.bad('MIME needs a part number')
      return { text: { kind: 'mime' }, label: word }
    case 'HEADER.FIELDS':
    case 'HEADER.FIELDS.NOT': {
      c.sp()
      const names = c.list(headerFieldName)
      const kind = word === 'HEADER.FIELDS' ? 'headerFields' : 'headerFieldsNot'
      return { text: { kind, names }, label: `${word} (${names.map(writeAstring).join(' ')})` }
    }
    default:
      return c.bad('Invalid section')
  }
}

/**
 *     header-fld-name = astring
 *
 * RFC 3501 §9. What no field can be called (RFC 5322 §3.6.8) is refused.
 */
function headerFieldName(c: Cursor): string {
  const name = astring(c, 'header field name')
  return FIELD_NAME.test(name) ? name : c.bad('Invalid header field name')
}
