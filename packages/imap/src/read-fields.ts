import { type BodyHandle, type Flow, READ_WINDOW } from '@mailwright/core'
import { reader } from './calls.js'
import { FieldPicker, type SectionSource } from './section.js'

/** Reads the fields that a section wants out of a message's header. One octet a character. */
export function* readFields(
  source: BodyHandle,
  where: Extract<SectionSource, { readonly kind: 'fields' }>,
): Flow<string> {
  const picker = new FieldPicker(where.choice)
  for (let start = where.start; start < where.end; start += READ_WINDOW) {
    const end = Math.min(start + READ_WINDOW, where.end)
    picker.push((yield* reader.call('readBody', { source, start, end })).octets)
  }
  return picker.end()
}
