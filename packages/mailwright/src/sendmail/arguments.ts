import type { NotifyCondition } from '@mailwright/core'

/** What somebody who calls `sendmail` asks for. */
export type SendmailRequest = { readonly config: string | null } & (
  | SendRequest
  /** `-bs`: SMTP on standard input and output, as mutt and inetd use it. */
  | { readonly kind: 'serveSmtp'; readonly sender: string | null }
  /** `-bp`. */
  | { readonly kind: 'listQueue' }
  /** `-bi`, `-I`. */
  | { readonly kind: 'checkAliases' }
  /** `-q`, `-qI`, `-qR`, `-qS`. */
  | { readonly kind: 'flush'; readonly id: string | null; readonly site: string | null }
)

export interface SendRequest {
  readonly kind: 'send'
  /** `-f`, `-r`; `null`: whoever runs the program. */
  readonly sender: string | null
  /** `-F`. */
  readonly fullName: string | null
  readonly recipients: readonly string[]
  /** `-t`: those of the header as well. */
  readonly headerRecipients: 'added' | 'ignored'
  /** `-i`, `-oi`: a line with nothing but a dot is text, and does not end the message. */
  readonly loneDot: 'ends' | 'stays'
  /** `-N`. */
  readonly notify?: readonly NotifyCondition[]
  /** `-R`. */
  readonly ret?: 'FULL' | 'HDRS'
  /** `-V`. */
  readonly envelopeId?: string
  /** `-B`. */
  readonly body?: '7BIT' | '8BITMIME'
  /** What was not understood, and left out as Postfix does: mail is worth more than its reports. */
  readonly warnings: readonly string[]
  /** `-v`: the sender hears, by mail, how the first attempt went. */
  readonly words: 'none' | 'told'
}

/** What the options said so far. */
interface Draft {
  config: string | null
  mode: 'send' | 'serveSmtp' | 'listQueue' | 'checkAliases'
  flush: { readonly id: string | null; readonly site: string | null } | null
  send: SendRequest
}

/** An option: whether it has a value, attached or as the next word, and what it does; a sentence when that will not do. */
interface Option {
  readonly value: 'none' | 'needed' | 'attached'
  take(draft: Draft, value: string): string | undefined
}

const MODES = new Map([
  ['m', 'send'],
  ['s', 'serveSmtp'],
  ['p', 'listQueue'],
  ['i', 'checkAliases'],
] as const)

const NOTIFY = new Map<string, NotifyCondition>([
  ['never', 'NEVER'],
  ['success', 'SUCCESS'],
  ['failure', 'FAILURE'],
  ['delay', 'DELAY'],
])

/** Options that mean nothing here, as most of them in Postfix: they are taken, with their values. */
const IDLE: Option = { value: 'none', take: () => undefined }
const IDLE_WITH_VALUE: Option = { value: 'needed', take: () => undefined }

function sending(value: Option['value'], change: (value: string) => Partial<SendRequest> | string): Option {
  return {
    value,
    take(draft, given) {
      const changed = change(given)
      if (typeof changed === 'string') return changed
      draft.send = { ...draft.send, ...changed }
      return undefined
    },
  }
}

/** What a report is to be like. `null` from `change`: not understood. */
function reporting(letter: string, change: (value: string) => Partial<SendRequest> | null): Option {
  return {
    value: 'needed',
    take(draft, given) {
      const changed = change(given) ?? {
        warnings: [...draft.send.warnings, `bad -${letter} option value -- ignored`],
      }
      draft.send = { ...draft.send, ...changed }
      return undefined
    },
  }
}

const SENDER = sending('needed', (value) => ({ sender: value === '<>' ? '' : value }))

/** As in Postfix's sendmail(1). */
const OPTIONS: { readonly [letter: string]: Option } = {
  ...Object.fromEntries([...'AhLOpX'].map((letter) => [letter, IDLE_WITH_VALUE])),
  ...Object.fromEntries([...'cemnsGU'].map((letter) => [letter, IDLE])),
  B: sending('needed', (value) => {
    const body = value.toUpperCase()
    return body === '7BIT' || body === '8BITMIME' ? { body } : `-B ${value}: known are 7BIT and 8BITMIME`
  }),
  C: {
    value: 'needed',
    take(draft, value) {
      draft.config = value
      return undefined
    },
  },
  F: sending('needed', (fullName) => ({ fullName })),
  I: {
    value: 'none',
    take(draft) {
      draft.mode = 'checkAliases'
      return undefined
    },
  },
  N: reporting('N', (value) => {
    const notify = notifyOf(value)
    return notify === null ? null : { notify }
  }),
  R: reporting('R', (value) => {
    const ret = value.toLowerCase() === 'full' ? 'FULL' : 'HDRS'
    return /^(?:full|hdrs)$/i.test(value) ? { ret } : null
  }),
  V: sending('needed', (envelopeId) => ({ envelopeId })),
  b: {
    value: 'needed',
    take(draft, value) {
      const mode = new Map<string, Draft['mode']>(MODES).get(value)
      if (mode === undefined) return `there is no mode -b${value}; known are -bm -bs -bp -bi`
      draft.mode = mode
      return undefined
    },
  },
  f: SENDER,
  r: SENDER,
  i: sending('none', () => ({ loneDot: 'stays' })),
  o: sending('needed', (value) => (value === 'i' ? { loneDot: 'stays' } : {})),
  q: {
    value: 'attached',
    take(draft, value) {
      draft.flush = flushOf(value)
      return undefined
    },
  },
  t: sending('none', () => ({ headerRecipients: 'added' })),
  v: sending('none', () => ({ words: 'told' })),
}

/**
 * Reads the command line of `sendmail`, as Sendmail and Postfix do: options in groups, values attached or apart.
 *
 * @returns a sentence for a command line that cannot be carried out.
 */
export function parseSendmail(
  args: readonly string[],
): SendmailRequest | { readonly kind: 'wrong'; readonly sentence: string } {
  const draft: Draft = {
    config: null,
    mode: 'send',
    flush: null,
    send: {
      kind: 'send',
      sender: null,
      fullName: null,
      recipients: [],
      headerRecipients: 'ignored',
      loneDot: 'ends',
      warnings: [],
      words: 'none',
    },
  }
  const words = [...args]
  while (words[0] !== undefined && /^-./.test(words[0])) {
    const word = words.shift() ?? ''
    if (word === '--') break
    const sentence = takeWord(draft, word, words)
    if (sentence !== undefined) return { kind: 'wrong', sentence }
  }
  const { config, mode, flush, send } = draft
  if (flush !== null) return { kind: 'flush', config, ...flush }
  if (mode === 'serveSmtp' && words.length > 0) {
    return { kind: 'wrong', sentence: 'stand-alone mode requires no recipient' }
  }
  if (mode === 'send') return { ...send, recipients: words, config }
  return mode === 'serveSmtp' ? { kind: mode, sender: send.sender, config } : { kind: mode, config }
}

/** One word of options: `-t`, `-oi`, `-fme`, `-f me`, `-ti`. */
function takeWord(draft: Draft, word: string, words: string[]): string | undefined {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at)
    const option = Object.hasOwn(OPTIONS, letter) ? OPTIONS[letter] : undefined
    if (option === undefined) return `there is no option -${letter}`
    if (option.value === 'none') {
      const sentence = option.take(draft, '')
      if (sentence !== undefined) return sentence
      continue
    }
    const attached = word.slice(at + 1)
    const value = attached === '' && option.value === 'needed' ? words.shift() : attached
    return value === undefined ? `option -${letter} needs a value` : option.take(draft, value)
  }
  return undefined
}

/** `-q` with an interval is for who starts a daemon; here the one that runs delivers, and is only told to hurry. */
function flushOf(value: string): { readonly id: string | null; readonly site: string | null } {
  if (/^I./.test(value)) return { id: value.slice(1), site: null }
  return { id: null, site: /^[RS]./.test(value) ? value.slice(1) : null }
}

/** RFC 3461 §4.1: `NEVER` stands alone. */
function notifyOf(value: string): readonly NotifyCondition[] | null {
  const conditions = value.split(',').map((word) => NOTIFY.get(word.trim().toLowerCase()))
  const known = conditions.filter((condition) => condition !== undefined)
  const isAlone = known.length === 1 || !known.includes('NEVER')
  return known.length === conditions.length && isAlone ? known : null
}
