/** A message of {@link SORTED} and {@link THREADED}: its text with LF, and the day of January 2026 when it came. */
export interface DatedLetter {
  readonly text: string
  readonly day: number
}

/** Messages whose order differs by every sort key; Dovecot 2.3.19 was asked to sort and thread them. */
export const SORTED: readonly DatedLetter[] = [
  {
    text: 'From: Zoe <bob@example.com>\nTo: Al <zed@example.org>\nCc: dan@example.org\nSubject: Re: [list] banana\nDate: Sat, 3 Jan 2026 12:00:00 +0000\n\n1\n',
    day: 5,
  },
  {
    text: 'From: amy@example.com\nTo: fred@example.org\nCc: carl@example.org, abe@example.org\nSubject: apple\nDate: Fri, 2 Jan 2026 12:00:00 +0000\n\n22\n',
    day: 4,
  },
  {
    text: 'From: =?utf-8?Q?=C3=84nne?= <carl@example.com>\nTo: "zz top" <amy@example.org>\nSubject: Banana (fwd)\nDate: Sat, 3 Jan 2026 13:00:00 +0200\n\n333\n',
    day: 3,
  },
  { text: 'To: Friends: ed@example.org, al@example.org;\n\n4444\n', day: 1 },
  {
    text: `From: "amy" <AMY@example.net>\nTo: bea@example.org\nCc: Bea <ed@example.org>\nSubject: =?utf-8?Q?=C3=84pfel?=\nDate: Thu, 1 Jan 2026 12:00:00 +0000\n\n${'5'.repeat(400)}\n`,
    day: 2,
  },
  {
    text: 'From: bob@example.com (Bob)\nTo: =?utf-8?Q?=C3=96zg=C3=BCr?= <oz@example.org>\nSubject: [list] APPLE\nDate: Fri, 2 Jan 2026 12:00:00 +0000\n\n666666\n',
    day: 6,
  },
]

/** Threads, one of them without its head; Dovecot 2.3.19 was asked to thread them. */
export const THREADED: readonly DatedLetter[] = [
  threaded('a1', [], 'alpha', 1, 1),
  threaded('b1', [], 'beta', 2, 2),
  threaded('a2', ['a1'], 'Re: alpha', 3, 20),
  threaded('c1', [], 'gamma', 25, 4),
  threaded('d2', ['d0'], 'delta', 7, 5),
  threaded('d3', ['d0'], 'delta2', 6, 6),
  threaded('e1', [], 'alpha', 8, 7),
  threaded('b2', ['b1'], 'Re: beta', 30, 3),
]

function threaded(id: string, references: readonly string[], subject: string, sent: number, day: number): DatedLetter {
  const ids = references.map((each) => `<${each}@example.com>`).join(' ')
  const answers = ids === '' ? '' : `References: ${ids}\n`
  const date = `${sent} Jan 2020 00:00:00 +0000`
  return { text: `Message-ID: <${id}@example.com>\n${answers}Subject: ${subject}\nDate: ${date}\n\nx\n`, day }
}
