import { smtpReply } from '../support/dialogue.js'
import { within } from '../support/wait.js'
import { Wire } from '../support/wire.js'
import type { SmtpDialogue, Step } from './dialogue.js'

/** What a server said to one step: `250 2.1.0`, a reply each, and `closed` where it hung up. */
export interface Said {
  readonly step: string
  readonly replies: readonly string[]
  /** The words, for whoever reads a difference. */
  readonly words: string
}

/** Nothing comes within this time: then nothing is coming. No dialogue waits for that, and a machine may be busy. */
const SILENCE = 20_000

/** Plays a dialogue to the server on `port`. */
export async function play({ steps, client }: SmtpDialogue, port: number): Promise<readonly Said[]> {
  const wire = await Wire.open(port, client === undefined ? {} : { from: client })
  try {
    const said: Said[] = [await listen(wire, { step: 'connect', count: 1 })]
    for (const step of steps) {
      if (said.at(-1)?.replies.at(-1) === 'closed') break
      const { send, replies } = typeof step === 'string' ? { send: `${step}\r\n`, replies: 1 } : step
      await wire.send(Buffer.from(send, 'utf8'))
      said.push(await listen(wire, { step: shown(step), count: replies }))
    }
    return said
  } finally {
    wire.destroy()
  }
}

async function listen(wire: Wire, { step, count }: { readonly step: string; readonly count: number }): Promise<Said> {
  const replies: string[] = []
  const words: string[] = []
  while (replies.length < count && replies.at(-1) !== 'closed') {
    try {
      const { code, lines } = await within(SILENCE, 'a reply comes', smtpReply(wire))
      const list = /^(?:EHLO|LHLO) /i.test(step) && code === 250 ? ` ${lines.slice(1).join(', ')}` : ''
      replies.push(`${code}${enhanced(lines[0] ?? '')}${list}`)
      words.push(`${code} ${lines.join(' | ')}`)
    } catch (error) {
      const isClosed = error instanceof Error && error.message.startsWith('closed before')
      replies.push(isClosed ? 'closed' : 'silence')
    }
  }
  return { step, replies, words: words.join(' / ') }
}

function enhanced(line: string): string {
  const code = /^[245]\.\d{1,3}\.\d{1,3}(?= |$)/.exec(line)?.[0]
  return code === undefined ? '' : ` ${code}`
}

/** A step in a few words. */
export function shown(step: Step): string {
  const sent = typeof step === 'string' ? step : step.send
  const line = sent.replaceAll('\r', '\\r').replaceAll('\n', '\\n')
  return line.length <= 100 ? line : `${line.slice(0, 80)}… (${sent.length})`
}
