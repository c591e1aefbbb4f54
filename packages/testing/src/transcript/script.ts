import { readEscapes, utf8Octets } from './values.js'

/** One line of a transcript that does something. `line` is where it stands, from 1. */
export type Act = { readonly line: number; readonly source: string } & (
  | { readonly act: 'send'; readonly session: string; readonly octets: string }
  | { readonly act: 'expectLine'; readonly session: string; readonly text: string }
  | { readonly act: 'expectPattern'; readonly session: string; readonly pattern: RegExp }
  | { readonly act: 'expectOctets'; readonly session: string; readonly octets: string }
  | { readonly act: 'refuteLine'; readonly session: string; readonly text: string }
  | { readonly act: 'expectCall'; readonly session: string; readonly call: string; readonly args: string | null }
  | { readonly act: 'refuteCall'; readonly session: string; readonly call: string }
  | { readonly act: 'answer'; readonly session: string; readonly value: string }
  | { readonly act: 'fault'; readonly session: string; readonly message: string }
  | { readonly act: 'expectBody'; readonly session: string; readonly octets: string }
  | { readonly act: 'expectBodyEnd'; readonly session: string; readonly isComplete: boolean }
  | { readonly act: 'expectEffect'; readonly session: string; readonly effect: string; readonly detail: string }
  | { readonly act: 'advance'; readonly span: number }
  | { readonly act: 'host'; readonly session: string; readonly verb: string; readonly argument: string }
)

export interface Script {
  readonly title: string
  /** `@option` lines; a value is JSON where it parses, else text. */
  readonly options: { readonly [name: string]: unknown }
  readonly fixture: string | null
  /** `whole`: not played in pieces; a comment says why. */
  readonly mode: 'every' | 'whole'
  /** Which end of the dialogue the engine is. `client`: `S:` lines are sent to it, `C:` lines are its own. */
  readonly role: 'server' | 'client'
  readonly acts: readonly Act[]
}

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const HOST_VERBS = new Set(['secured', 'notify', 'end', 'lost', 'stop', 'pause', 'resume'])

/**
 * Reads a transcript.
 *
 * @throws {SyntaxError} naming the line that is no transcript line.
 */
export function readScript(text: string): Script {
  const acts: Act[] = []
  const options: { [name: string]: unknown } = {}
  let title = ''
  let fixture: string | null = null
  let mode: Script['mode'] = 'every'
  let role: Script['role'] = 'server'
  for (const [index, source] of text.split('\n').entries()) {
    const line = index + 1
    if (source === '') continue
    if (source.startsWith('#')) {
      if (title === '') title = source.replace(/^#\s*/, '')
      continue
    }
    const directive = /^@(option|fixture|mode|role)\s+(\S+)(?:\s+(.*))?$/.exec(source)
    if (directive !== null) {
      const [, kind, name = '', value = ''] = directive
      if (kind === 'option') options[name] = readOption(value)
      else if (kind === 'fixture') fixture = name
      else if (kind === 'role' && name === 'client') role = name
      else if (kind === 'mode' && name === 'whole') mode = name
      else throw new SyntaxError(`line ${line}: there is no ${kind} ${name}`)
      continue
    }
    const act = readAct(role === 'client' ? mirrored(source) : source, line)
    if (act === undefined) throw new SyntaxError(`line ${line} is no transcript line: ${source}`)
    acts.push(act)
  }
  return { title, options, fixture, mode, role, acts }
}

/** The same line as it stands where the engine is the server: `S:` for `C:`, and the other way round. */
function mirrored(source: string): string {
  return source.replace(
    /^(! )?([CS])(?=\d*[:~\\*])/,
    (_, not: string = '', who: string) => `${not}${who === 'C' ? 'S' : 'C'}`,
  )
}

function readAct(source: string, line: number): Act | undefined {
  const at = { line, source }
  const peer = /^(C|S|! S)(\d*)([:~\\*]) ?(.*)$/s.exec(source)
  if (peer !== null) {
    const [, who, session = '', mark, text = ''] = peer
    switch (`${who}${mark}`) {
      case 'C:':
        return { ...at, act: 'send', session, octets: `${utf8Octets(text)}\r\n` }
      case 'C\\':
        return { ...at, act: 'send', session, octets: readEscapes(text) }
      case 'C*': {
        const times = /^(\d+) (.*)$/s.exec(text)
        if (times === null) return undefined
        return { ...at, act: 'send', session, octets: readEscapes(times[2] ?? '').repeat(Number(times[1])) }
      }
      case 'S:':
        return { ...at, act: 'expectLine', session, text: utf8Octets(text) }
      case 'S~':
        return { ...at, act: 'expectPattern', session, pattern: new RegExp(text, 'u') }
      case 'S\\':
        return { ...at, act: 'expectOctets', session, octets: readEscapes(text) }
      case '! S:':
        return { ...at, act: 'refuteLine', session, text: utf8Octets(text) }
      default:
        return undefined
    }
  }
  const call = /^(! )?>>(\d*) (\w+)(?: (.*))?$/s.exec(source)
  if (call !== null) {
    const [, not, session = '', name = '', args] = call
    if (not !== undefined) return { ...at, act: 'refuteCall', session, call: name }
    return { ...at, act: 'expectCall', session, call: name, args: args ?? null }
  }
  const answer = /^<<(\d*) (fault )?(.*)$/s.exec(source)
  if (answer !== null) {
    const [, session = '', fault, value = ''] = answer
    return fault === undefined
      ? { ...at, act: 'answer', session, value }
      : { ...at, act: 'fault', session, message: value }
  }
  const body = /^<(body|end)(\d*) (.*)$/s.exec(source)
  if (body !== null) {
    const [, kind, session = '', rest = ''] = body
    return kind === 'body'
      ? { ...at, act: 'expectBody', session, octets: readEscapes(rest) }
      : { ...at, act: 'expectBodyEnd', session, isComplete: rest === 'complete' }
  }
  const effect = /^--(\d*) (\w+)(?: (.*))?$/s.exec(source)
  if (effect !== null) {
    const [, session = '', name = '', detail = ''] = effect
    return { ...at, act: 'expectEffect', session, effect: name, detail }
  }
  const span = /^@\+(\d+)(ms|s|m|h)$/.exec(source)
  if (span !== null) return { ...at, act: 'advance', span: Number(span[1]) * (UNITS[span[2] ?? ''] ?? 0) }
  const host = /^@([a-z]+)(\d*)(?: (.*))?$/s.exec(source)
  if (host !== null && HOST_VERBS.has(host[1] ?? '')) {
    const [, verb = '', session = '', argument = ''] = host
    return { ...at, act: 'host', session, verb, argument }
  }
  return undefined
}

function readOption(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
