import type { Random } from '@mailwright/core'

const DIGITS = '0123456789ABCDEF'

/** A message's name in replies, logs and `Received`: twelve hexadecimal digits, as Postfix's. */
export function queueId(random: Random): string {
  let id = ''
  for (const octet of random.bytes(6)) id += `${DIGITS[octet >> 4]}${DIGITS[octet & 15]}`
  return id
}
