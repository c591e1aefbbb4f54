/** One entry of a table's text: its physical lines joined. `line`: where it begins, from 1. */
export interface LogicalLine {
  readonly line: number
  readonly text: string
}

/**
 * The logical lines of a table: a line that begins with white space continues the one before; empty lines and those whose first character that is no
 * white space is `#` are passed over, also between a line and its continuation. postmap(1), TABLE FORMAT.
 */
export function logicalLines(text: string): readonly LogicalLine[] {
  const lines: { line: number; text: string }[] = []
  for (const [at, physical] of text.split('\n').entries()) {
    if (/^\s*(?:#|$)/.test(physical)) continue
    const last = lines.at(-1)
    if (/^\s/.test(physical) && last !== undefined) last.text += physical
    else lines.push({ line: at + 1, text: physical })
  }
  return lines
}
