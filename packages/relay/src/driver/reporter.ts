import type { Body, BodyHandle, Clock, Millis, Octets, Random } from '@mailwright/core'
import type { ReportRequest } from '../queue/report-request.js'
import { queueId } from '../queue-id.js'
import type { MailIntake } from '../receiving/mail-intake.js'
import { addresseeOf, type DoubleBounces, wantsReport } from '../reports/addressee.js'
import { REPORT_LIMITS, type ReportLimits } from '../reports/limits.js'
import { type MessageNews, newsOf } from '../reports/report.js'
import { type WrittenReport, writeReport } from '../reports/write-report.js'

export interface ReporterOptions {
  /** Where reports go: they are rewritten and queued like other mail. */
  readonly intake: MailIntake
  readonly hostname: string
  readonly clock: Clock
  readonly random: Random
  /** Who hears of reports that nobody can be sent. Default `postmaster` at our own name. */
  readonly postmaster?: string
  /** Default `postmaster`. */
  readonly doubleBounces?: DoubleBounces
  /** How long mail is tried, for what a delay report says. Default 5 days. */
  readonly lifetime?: Millis
  readonly limits?: Partial<ReportLimits>
}

/** Tells senders what became of their mail. It leaves out who does not want to hear (RFC 3461 §4.1), so it may be told everything. */
export interface Reporter {
  /** For a queue runner. @returns the report's id when it is queued, durable; `null` when nobody wants it. */
  report(request: ReportRequest, signal: AbortSignal): Promise<string | null>
  /** The same for other news. */
  tell(news: MessageNews, signal: AbortSignal): Promise<string | null>
}

const FIVE_DAYS: Millis = 432_000_000

/** Writes reports and puts them into the queue. */
export function createReporter(options: ReporterOptions): Reporter {
  const { hostname, postmaster = `postmaster@${hostname}`, doubleBounces = 'postmaster' } = options
  const limits = { ...REPORT_LIMITS, ...options.limits }
  const tell = async (news: MessageNews, signal: AbortSignal): Promise<string | null> => {
    const { report, message } = news
    const addressee = addresseeOf(report, message.envelope, { hostname, postmaster, doubleBounces })
    const recipients = news.recipients.filter(({ recipient }) => wantsReport(recipient, report))
    if (addressee === null || recipients.length === 0) return null
    const id = queueId(options.random)
    const now = options.clock.date()
    const lifetime = options.lifetime ?? FIVE_DAYS
    const written = writeReport({ ...news, recipients }, addressee, { hostname, id, now, lifetime, limits })
    const envelope = {
      reversePath: addressee.reversePath,
      ...(message.envelope.body === undefined ? {} : { body: '8BITMIME' as const }),
      // RFC 8689 §5: a report is kept from others as its message was.
      ...(message.envelope.requireTls === true ? { requireTls: true as const } : {}),
      ...(written.form === 'international' ? { smtpUtf8: true as const } : {}),
    }
    const body = reportBody(written, news.body, limits.header)
    await options.intake.take({ id, envelope, recipients: [{ address: addressee.to }], body }, signal)
    return id
  }
  return { tell, report: (request, signal) => tell(newsOf(request), signal) }
}

async function* reportBody({ head, tail, returned }: WrittenReport, body: BodyHandle, most: Octets): Body {
  yield head
  if (returned === 'message') yield* body.read()
  else yield await headerOf(body, most)
  yield tail
}

const LF = 10

/** The header of a message without the blank line, at most so many octets of whole lines. */
async function headerOf(body: BodyHandle, most: Octets): Promise<Uint8Array> {
  const end = Math.min(body.octets, most)
  const header = new Uint8Array(end)
  let length = 0
  for await (const chunk of body.read({ start: 0, end })) {
    header.set(chunk, length)
    length += chunk.length
  }
  let line = 0
  for (let at = header.indexOf(LF); at >= 0; at = header.indexOf(LF, line)) {
    if (at - line <= 1) break
    line = at + 1
  }
  return header.subarray(0, line)
}
