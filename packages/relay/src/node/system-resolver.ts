import { promises as dns } from 'node:dns'
import type { DnsAnswer, Resolver } from '@mailwright/core'

/** Answers that say: there is nothing of this kind. */
const NOTHING: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA'])

/**
 * DNS by the machine's resolvers, as Node asks them. Addresses come as the machine has them, `/etc/hosts` included. Says of no answer that it is
 * authentic: it does not know, and so finds no TLSA records.
 */
export function systemResolver(): Resolver {
  return {
    resolveMx: ({ domain }) =>
      answer(async () =>
        (await dns.resolveMx(domain)).map(({ priority, exchange }) => ({ preference: priority, exchange })),
      ),
    resolveAddresses: ({ host }) =>
      answer(async () => (await dns.lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address)),
    resolveTxt: ({ name }) => answer(async () => (await dns.resolveTxt(name)).map((parts) => parts.join(''))),
    resolvePtr: ({ address }) => answer(() => dns.reverse(address)),
    resolveTlsa: () => Promise.resolve({ kind: 'notFound' }),
  }
}

async function answer<T>(ask: () => Promise<readonly T[]>): Promise<DnsAnswer<T>> {
  try {
    const records = await ask()
    return records.length === 0 ? { kind: 'notFound' } : { kind: 'found', records, isAuthentic: false }
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error)
    return NOTHING.has(code) ? { kind: 'notFound' } : { kind: 'tryAgain', reason: code }
  }
}
