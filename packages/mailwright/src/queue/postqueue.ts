import { printable } from './listing.js'
import { isQueueId } from './operations.js'

export type PostqueueRequest =
  | { readonly kind: 'list'; readonly form: 'lines' | 'json' }
  | { readonly kind: 'flush'; readonly only: { readonly id?: string; readonly site?: string } }
  | { readonly kind: 'wrong'; readonly sentence: string }

const USAGE: PostqueueRequest = {
  kind: 'wrong',
  sentence: 'usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p | postqueue -s site',
}

/**
 * Reads the command line of Postfix's postqueue(1): one thing to do, and nothing else but `-v`. Unlike there `-s` is for every domain, since all
 * that waits is found by its domain here: there is no list of those that it is kept for (fast_flush_domains).
 */
export function parsePostqueue(args: readonly string[]): PostqueueRequest {
  const words = [...args]
  const requests: PostqueueRequest[] = []
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    let letters = /^-(.+)$/s.exec(word)?.[1]
    if (letters === undefined) return USAGE
    while (letters !== '') {
      const letter = letters.charAt(0)
      letters = letters.slice(1)
      if (letter === 'v') continue
      if (letter === 'i' || letter === 's') {
        const value = letters === '' ? words.shift() : letters
        if (value === undefined) return USAGE
        requests.push(letter === 'i' ? ofMessage(value) : ofSite(value))
        letters = ''
      } else if (letter === 'f') requests.push({ kind: 'flush', only: {} })
      else if (letter === 'p') requests.push({ kind: 'list', form: 'lines' })
      else if (letter === 'j') requests.push({ kind: 'list', form: 'json' })
      else return USAGE
    }
  }
  const [request = USAGE] = requests
  return requests.length > 1 ? USAGE : request
}

function ofMessage(id: string): PostqueueRequest {
  if (isQueueId(id)) return { kind: 'flush', only: { id } }
  return { kind: 'wrong', sentence: `Cannot flush queue ID - invalid name: "${printable(id)}"` }
}

/** A domain, or an address literal in brackets; a port is not asked for. */
function ofSite(site: string): PostqueueRequest {
  const isDomain = /^(?:[\p{L}\p{N}_-]+\.)*[\p{L}\p{N}_-]+\.?$/u.test(site)
  if (isDomain || /^\[[\p{L}\p{N}.:_-]+\]$/u.test(site)) return { kind: 'flush', only: { site } }
  return { kind: 'wrong', sentence: `Cannot flush mail queue - invalid destination: "${printable(site)}"` }
}
