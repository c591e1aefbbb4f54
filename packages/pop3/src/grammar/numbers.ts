/** Greatest number that a command may name; message-numbers and line counts beyond it are refused, never wrapped. */
const GREATEST = 0xffffffff

/**
 * A decimal number of 32 bits: a message-number, or TOP's count of lines (RFC 1939 §5, §7).
 *
 *     number = 1*10DIGIT
 */
export function number(text: string): number | undefined {
  if (!/^[0-9]{1,10}$/.test(text)) return undefined
  const value = Number(text)
  return value <= GREATEST ? value : undefined
}

/**
 * TOP's arguments.
 *
 *     top-arguments = number SP number
 *
 * RFC 1939 §7.
 */
export function topArguments(text: string): { readonly message: string; readonly lines: number } | undefined {
  const space = text.indexOf(' ')
  const lines = space === -1 ? undefined : number(text.slice(space + 1))
  return lines === undefined ? undefined : { message: text.slice(0, space), lines }
}
