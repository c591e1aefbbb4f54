import type { Draw, Family } from '../hard-message.js'

/** How many conversations the messages of the family belong to. */
const CONVERSATIONS = 8

/** Conversations: References whole, cut, wrong, in circles; subjects with every prefix (RFC 5256 §2.1, §3). */
export const threads: Family = {
  name: 'threads',
  count: 96,
  make(draw, at) {
    const conversation = at % CONVERSATIONS
    const number = Math.floor(at / CONVERSATIONS)
    const id = (of: number): string => `<${conversation}.${of}@thread.example>`
    const others = draw.times(1 + draw.int(4), () => id(draw.int(16)))
    const fields = [
      `From: ${draw.word()}@example.com`,
      `To: ${draw.pick(['zoe', 'Adam', 'b'])} <${draw.address()}>`,
      `Subject: ${draw.pick(PREFIXES)}${draw.pick(SUBJECTS)}${draw.pick(SUFFIXES)}`,
      `Date: ${1 + draw.int(28)} Jul 2021 1${draw.int(10)}:${10 + draw.int(50)}:00 ${draw.pick(['+0000', '+0900', '-0800'])}`,
    ]
    if (!draw.chance(0.1)) fields.push(`Message-ID: ${draw.chance(0.1) ? id(draw.int(12)) : id(number)}`)
    const link = draw.int(10)
    if (link < 6) fields.push(`References: ${references(draw, others)}`)
    else if (link < 9) fields.push(`In-Reply-To: ${inReplyTo(draw, id(draw.int(16)))}`)
    return `${fields.join('\n')}\n\n${draw.text(1)}`
  },
}

function references(draw: Draw, ids: readonly string[]): string {
  const whole = ids.join(draw.pick([' ', '\n ', '', ', ', '  ']))
  return draw.chance(0.15) ? draw.pick([`${whole} <broken`, `x ${whole}`, `${whole} <>`, `(c) ${whole}`, '']) : whole
}

function inReplyTo(draw: Draw, id: string): string {
  return draw.pick([
    id,
    id,
    `Your message of Monday ${id}`,
    `${id} (${draw.word()})`,
    `<other@example.com> ${id}`,
    draw.word(),
  ])
}

const PREFIXES = [
  '',
  '',
  '',
  'Re: ',
  'RE: ',
  're:',
  'Fwd: ',
  'FW: ',
  'Re[2]: ',
  '[list] ',
  '[list] Re: ',
  'Re: [list] ',
  'Re: Re: ',
  '[a][b] ',
  '[Fwd: ',
] as const
const SUBJECTS = [
  'quarterly report',
  'Quarterly  Report',
  'lunch',
  'hello world',
  '[odd]',
  '=?utf-8?Q?caf=C3=A9?=',
  'Zebra',
  '',
] as const
const SUFFIXES = ['', '', '', '', ' (fwd)', '(FWD) ', ' (fwd) (fwd)', ']'] as const
