import type { QueueId, Random } from '@mailwright/core'

const DIGITS = '0123456789ABCDEF'

/** A message's name in replies, logs and `Received`: twelve hexadecimal digits, as Postfix's. Never given twice: 48 random bits. */
export function queueId(random: Random): QueueId {
  let id = ''
  for (const octet of random.bytes(6)) id += `${DIGITS[octet >> 4]}${DIGITS[octet & 15]}`
  // Made here, where ids are.
  return id as QueueId
}
