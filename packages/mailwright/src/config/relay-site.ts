import { parseTransport } from '@mailwright/relay'
import { SetupError } from '../setup-error.js'
import { dictionary, list, oneOf, optional, type RecordOf, record, type Shape, text, whole } from './shape.js'

const DAY = 86_400_000
const network = text({ matches: /^[0-9A-Fa-f.:[\]/]+$/, as: 'a network, as in "192.168.88.0/24"' })
const domainName = text({ matches: /^[^\s@]+$/, as: 'a domain' })

/** A value that transport(5) knows. */
const transport: Shape<string> = (value, path) => {
  const read = text()(value, path)
  if (parseTransport(read) === undefined) {
    throw new SetupError(`${path}: ${JSON.stringify(read)} will not do; it must be as in "smtp:[mx.example.org]:587"`)
  }
  return read
}

/** `relay` in `site.json`. */
export const relaySite = {
  queue: text(),
  durability: optional(oneOf(['full', 'none'])),
  maildrop: optional(text()),
  networks: optional(list(network)),
  domains: optional(list(domainName)),
  openRelay: optional(oneOf(['iKnowWhatIAmDoing'])),
  host: optional(text()),
  login: optional(record({ user: text(), passwordFile: text(), plaintext: optional(oneOf(['overTls', 'always'])) })),
  tls: optional(oneOf(['none', 'may', 'encrypt', 'verify', 'secure'])),
  authorities: optional(text()),
  transports: optional(dictionary(transport)),
  pipes: optional(
    dictionary(
      record({
        argv: list(text(), { atLeast: 1 }),
        flags: optional(text({ matches: /^[BDFORXhqu.>]+$/, as: 'flags of Postfix\'s pipe(8), as in "DRhu"' })),
        env: optional(dictionary(text())),
        directory: optional(text()),
        timeLimit: optional(whole({ min: 1, max: DAY })),
      }),
    ),
  ),
  localMail: optional(oneOf(['atOnce', 'queued'])),
  overQuota: optional(oneOf(['deferred', 'failed'])),
  doubleBounces: optional(oneOf(['postmaster', 'discarded'])),
  limits: optional(
    record({
      messages: optional(whole({ min: 1, max: 100_000_000 })),
      lifetime: optional(whole({ min: 0, max: 365 * DAY })),
      reportLifetime: optional(whole({ min: 0, max: 365 * DAY })),
      minimalBackoff: optional(whole({ min: 1_000, max: DAY })),
      maximalBackoff: optional(whole({ min: 1_000, max: DAY })),
      delayWarning: optional(whole({ min: 0, max: 365 * DAY })),
    }),
  ),
}

export type RelaySite = RecordOf<typeof relaySite>

/** The settings with absolute paths. @throws {SetupError} for settings that contradict each other. */
export function placeRelay(relay: RelaySite, place: (path: string) => string): RelaySite {
  const { login, limits, host, maildrop, authorities } = relay
  if (login !== undefined && host === undefined) {
    throw new SetupError('relay.login: only where "relay.host" says at whom we log in')
  }
  if ((limits?.minimalBackoff ?? 0) > (limits?.maximalBackoff ?? Number.POSITIVE_INFINITY)) {
    throw new SetupError('relay.limits.minimalBackoff: this is more than relay.limits.maximalBackoff')
  }
  return {
    ...relay,
    queue: place(relay.queue),
    ...(maildrop === undefined ? {} : { maildrop: place(maildrop) }),
    ...(login === undefined ? {} : { login: { ...login, passwordFile: place(login.passwordFile) } }),
    ...(authorities === undefined ? {} : { authorities: place(authorities) }),
  }
}
