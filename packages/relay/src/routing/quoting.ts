import { writeMailbox } from '@mailwright/smtp'

/** A local part as users and aliases have it: without the quotes of its written form. */
export function unquoted(local: string): string {
  const inside = /^"((?:[^"\\]|\\.)*)"$/s.exec(local)?.[1]
  return inside === undefined ? local : inside.replace(/\\(.)/g, '$1')
}

/** A local part with something behind it, in its written form: `"a b"` and `+x` are `"a b+x"`. */
export function extended(local: string, extension: string): string {
  return writeMailbox({ localPart: unquoted(local) + extension, domain: null })
}
