import { parseNetworks } from '@mailwright/core'
import type { SpeaksFor } from '@mailwright/smtp'
import type { SmtpChoices } from './options.js'

/**
 * Which peers of a listener may say for whom they speak.
 *
 * @throws {HostError} for a network that is none.
 */
export function speakersOf({ xclient = [], xforward = [] }: SmtpChoices): (address: string) => SpeaksFor[] {
  const proxies = parseNetworks(xclient)
  const filters = parseNetworks(xforward)
  return (address) => [
    ...(proxies.has(address) ? (['XCLIENT'] as const) : []),
    ...(filters.has(address) ? (['XFORWARD'] as const) : []),
  ]
}
