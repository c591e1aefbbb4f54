import type { UnixMillis } from '@mailwright/core'
import { parseDateTime, writeDateTime } from '../grammar/date-time.js'
import { type Reply, reply } from '../response/reply.js'
import type { MailParameters } from '../session.js'
import type { Extension, ParameterResult } from './extension.js'

const SYNTAX = reply(501, '5.5.4', 'Bad hold time syntax')
const TWICE = reply(501, '5.5.4', 'Error: HOLDFOR and HOLDUNTIL exclude each other')
const TOO_FAR = reply(501, '5.5.4', 'Error: hold time is past the limit')

/**
 * A message kept until its time comes, for submission only.
 *
 *     future-release-ehlo = max-future-release-interval SP max-future-release-date-time
 *     hold-for-param      = "HOLDFOR=" future-release-interval
 *     hold-until-param    = "HOLDUNTIL=" future-release-date-time
 *     future-release-integer = %x31-39 *8DIGIT
 *
 * RFC 4865 §3, with the date-time of RFC 3339 §5.6 (erratum 2040). A time that has passed holds nothing back.
 */
export const FUTURE_RELEASE: Extension = {
  keyword: 'FUTURERELEASE',
  source: 'RFC 4865 §3',
  announce({ role }, { abilities: { futureRelease } }) {
    if (futureRelease === undefined || role !== 'submission') return null
    return `${futureRelease.seconds} ${writeDateTime(latest(futureRelease))}`
  },
  mailParameters: [
    {
      keyword: 'HOLDFOR',
      read({ value }, { settings: { abilities }, declared }) {
        const seconds = /^[1-9]\d{0,8}$/.test(value ?? '') ? Number(value) : undefined
        if (seconds === undefined) return { kind: 'refused', reply: SYNTAX }
        const isTooFar = seconds > (abilities.futureRelease?.seconds ?? 0)
        return held(isTooFar, declared, { kind: 'for', seconds })
      },
    },
    {
      keyword: 'HOLDUNTIL',
      read({ value }, { settings: { abilities }, declared }) {
        const at = parseDateTime(value ?? '')
        if (at === undefined) return { kind: 'refused', reply: SYNTAX }
        const isTooFar = abilities.futureRelease === undefined || at > latest(abilities.futureRelease)
        return held(isTooFar, declared, { kind: 'until', at })
      },
    },
  ],
}

function held(
  isTooFar: boolean,
  declared: MailParameters,
  futureRelease: NonNullable<MailParameters['futureRelease']>,
): ParameterResult<MailParameters> {
  const refusal: Reply | null = declared.futureRelease !== undefined ? TWICE : isTooFar ? TOO_FAR : null
  return refusal === null ? { kind: 'declared', parameters: { futureRelease } } : { kind: 'refused', reply: refusal }
}

function latest({ seconds, from }: { readonly seconds: number; readonly from: UnixMillis }): UnixMillis {
  return from + seconds * 1_000
}
