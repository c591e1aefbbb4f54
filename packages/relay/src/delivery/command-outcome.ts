import type { DeliveryResult } from './agent.js'

/** How a program that was given a message ended. */
export type CommandEnd =
  /** `output`: what it said, as far as it is kept. */
  | { readonly kind: 'exited'; readonly code: number; readonly output: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly output: string }
  | { readonly kind: 'timeLimit' }
  | { readonly kind: 'notStarted'; readonly reason: string }

/** What an exit code of sysexits.h says, in Postfix's words. */
const EXITS: { readonly [code: number]: readonly [status: string, text: string] } = {
  64: ['5.5.4', 'command line usage error'],
  65: ['5.6.0', 'data format error'],
  66: ['5.3.0', 'cannot open input'],
  67: ['5.1.1', 'user unknown'],
  68: ['5.1.2', 'host name unknown'],
  69: ['5.3.0', 'service unavailable'],
  70: ['5.3.0', 'internal software error'],
  71: ['4.3.0', 'system resource problem'],
  72: ['5.3.0', 'critical OS file missing'],
  73: ['5.2.0', "can't create user output file"],
  74: ['5.3.0', 'input/output error'],
  75: ['4.3.0', 'temporary failure'],
  76: ['5.5.0', 'remote error in protocol'],
  77: ['5.7.0', 'permission denied'],
  78: ['5.3.5', 'local configuration error'],
}

/** A status code at the beginning of what a program says. RFC 3463 §2. */
const SPOKEN = /^\s*([245]\.\d{1,3}\.\d{1,3})(?:\s+([\s\S]+))?$/

/**
 * What a program's end means for the message, as Postfix's pipe(8) and local(8) have it: 0 is delivery; otherwise a status code that the
 * program said holds, then its exit code by sysexits.h; anything else is a failure. A program that hangs, crashes, or is not there may
 * do better later.
 *
 * @param words of success: `delivered via maildrop service`.
 */
export function commandOutcome(
  end: CommandEnd,
  { command, words }: { readonly command: string; readonly words: string },
): Pick<DeliveryResult, 'status' | 'text'> & { readonly kind: 'delivered' | 'deferred' | 'failed' } {
  switch (end.kind) {
    case 'notStarted':
      return { kind: 'deferred', status: '4.3.5', text: `cannot run ${command}: ${end.reason}` }
    case 'timeLimit':
      return { kind: 'deferred', status: '4.3.0', text: `Command time limit exceeded: "${command}"` }
    case 'killed': {
      const text = `Command died with signal ${end.signal}: "${command}"${behind(end.output)}`
      return { kind: 'deferred', status: '4.3.0', text }
    }
    case 'exited': {
      const output = oneLine(end.output)
      if (end.code === 0) {
        return { kind: 'delivered', status: '2.0.0', text: output === '' ? words : `${words} (${output})` }
      }
      const [, status, said] = SPOKEN.exec(end.output) ?? []
      if (status !== undefined && !status.startsWith('2')) return refusal(status, oneLine(said ?? output))
      const known = EXITS[end.code]
      if (known !== undefined) return refusal(known[0], `${known[1]}${behind(end.output)}`)
      return refusal('5.3.0', `Command died with status ${end.code}: "${command}"${behind(end.output)}`)
    }
    default:
      return end satisfies never
  }
}

function refusal(
  status: string,
  text: string,
): { readonly kind: 'deferred' | 'failed'; readonly status: string; readonly text: string } {
  return { kind: status.startsWith('4') ? 'deferred' : 'failed', status, text }
}

function behind(output: string): string {
  const said = oneLine(output)
  return said === '' ? '' : `. Command output: ${said}`
}

/** What a program says goes into logs and reports: printable, one line. */
function oneLine(output: string): string {
  return output.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
