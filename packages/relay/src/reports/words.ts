import type { Millis } from '@mailwright/core'
import { shownAddress } from '../routing/program.js'
import type { RecipientNews, ReportKind } from './report.js'

/** Characters of a line of the part that people read, as Postfix breaks it. */
const LINE = 79

export interface ReportFacts {
  readonly hostname: string
  /** For a delay: how old the message is, and how old it may become. */
  readonly age: Millis
  readonly lifetime: Millis
  /** The message stands below, or only its header does. */
  readonly returned: 'header' | 'message'
  readonly recipients: readonly RecipientNews[]
}

const SUBJECTS: { readonly [report in ReportKind]: { readonly sender: string; readonly postmaster: string } } = {
  failure: { sender: 'Undelivered Mail Returned to Sender', postmaster: 'Postmaster Copy: Undelivered Mail' },
  delay: { sender: 'Delayed Mail (still being retried)', postmaster: 'Postmaster Warning: Delayed Mail' },
  success: { sender: 'Successful Mail Delivery Report', postmaster: 'Postmaster Copy: Mail Delivery Report' },
  status: { sender: 'Mail Delivery Status Report', postmaster: 'Postmaster Copy: Mail Delivery Status Report' },
}

export function subjectOf(report: ReportKind, who: 'sender' | 'postmaster'): string {
  return SUBJECTS[report][who]
}

/** What people read first; in the words that they know from Postfix (bounce(5)). */
export function reportWords(report: ReportKind, facts: ReportFacts): string {
  const paragraphs = [
    `This is the mail system at host ${facts.hostname}.`,
    ...BODIES[report](facts),
    '                   The mail system',
    ...facts.recipients.map(aboutRecipient),
  ]
  return `${paragraphs.join('\n\n')}\n`
}

const HELP = [
  'For further assistance, please send mail to postmaster.',
  'If you do so, please include this problem report. You can\ndelete your own text from the attached returned message.',
]

const BODIES: { readonly [report in ReportKind]: (facts: ReportFacts) => readonly string[] } = {
  failure: ({ returned }) => [
    "I'm sorry to have to inform you that your message could not\n" +
      `be delivered to one or more recipients. ${returned === 'message' ? "It's attached below." : 'Its header is attached below.'}`,
    ...HELP,
  ],
  delay: ({ age, lifetime }) => [
    [
      '####################################################################',
      '# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #',
      '####################################################################',
    ].join('\n'),
    `Your message could not be delivered for more than ${Math.floor(age / HOUR)} hour(s).\n` +
      `It will be retried until it is ${Math.max(1, Math.round(lifetime / (24 * HOUR)))} day(s) old.`,
    ...HELP,
  ],
  success: () => [
    'Your message was successfully delivered to the destination(s)\n' +
      'listed below. If the message was delivered to mailbox you will\n' +
      'receive no further notifications. Otherwise you may still receive\n' +
      'notifications of mail delivery errors from other systems.',
  ],
  status: () => ['Enclosed is the mail delivery report that you requested.'],
}

const HOUR: Millis = 3_600_000

/** `<address> (expanded from <other>): what was said`, broken into lines, the later ones indented. */
function aboutRecipient({ recipient, text }: RecipientNews): string {
  const { originalTo } = recipient
  const address = shownAddress(recipient)
  const from = originalTo === undefined || originalTo === address ? '' : ` (expanded from <${originalTo}>)`
  const words = `<${address}>${from}: ${text}`.split(/\s+/)
  const lines: string[] = []
  let line = ''
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > LINE) {
      lines.push(line)
      line = `    ${word}`
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line].join('\n')
}
