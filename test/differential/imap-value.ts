/** What stands in a response. Quoted or literal is the server's choice, so both are text; `atom` is what is neither. */
export type ImapValue =
  | { readonly kind: 'nil' }
  | { readonly kind: 'atom' | 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly ImapValue[] }

const NIL: ImapValue = { kind: 'nil' }

/** Reads values that stand side by side. Iterative: a peer chooses the depth. @throws {SyntaxError} for what is none. */
export function readValues(text: string): readonly ImapValue[] {
  const token =
    /(\()|(\))|"((?:[^"\\]|\\.)*)"|~?\{(\d+)\}\r\n|([^\s()"{[]+(?:\[(?:[^\]"]|"[^"]*")*\])?[^\s()"{]*)| +/gsy
  const around: ImapValue[][] = []
  let items: ImapValue[] = []
  for (let at = 0; at < text.length; ) {
    token.lastIndex = at
    const found = token.exec(text)
    if (found === null) throw new SyntaxError(`no IMAP value: ${JSON.stringify(text.slice(at, at + 80))}`)
    at = token.lastIndex
    const [, open, close, quoted, literal, atom] = found
    if (open !== undefined) {
      around.push(items)
      items = []
    } else if (close !== undefined) {
      const outer = around.pop()
      if (outer === undefined) throw new SyntaxError('a list ends that never began')
      outer.push({ kind: 'list', items })
      items = outer
    } else if (quoted !== undefined) {
      items.push({ kind: 'text', text: quoted.replace(/\\(.)/gs, '$1') })
    } else if (literal !== undefined) {
      items.push({ kind: 'text', text: text.slice(at, at + Number(literal)) })
      at += Number(literal)
    } else if (atom !== undefined) {
      items.push(/^nil$/i.test(atom) ? NIL : { kind: 'atom', text: atom })
    }
  }
  if (around.length > 0) throw new SyntaxError('a list that never ends')
  return items
}

/** A value on one line, as it is shown and compared. */
export function shown(value: ImapValue | undefined): string {
  switch (value?.kind) {
    case undefined:
      return 'nothing'
    case 'nil':
      return 'NIL'
    case 'atom':
      return value.text
    case 'text':
      return JSON.stringify(value.text)
    case 'list':
      return `(${value.items.map(shown).join(' ')})`
    default:
      return value satisfies never
  }
}
