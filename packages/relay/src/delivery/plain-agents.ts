import type { DeliveryAgent, DeliveryResult } from './agent.js'

/**
 * Refuses everything, with the words of its nexthop: `error:5.7.1 We do not deliver there` in a transport table (Postfix's error(8)). `retry`
 * says "later" instead.
 */
export function errorAgent(kind: 'failed' | 'deferred'): DeliveryAgent {
  const deliver: DeliveryAgent['deliver'] = ({ nexthop, recipients }) => {
    const { status, text } = errorWords(nexthop, kind)
    const results = recipients.map(({ position }): DeliveryResult => ({ kind, position, relay: 'none', status, text }))
    return Promise.resolve({ results })
  }
  return { deliver, probe: deliver }
}

/** Throws everything away, and says it went well (Postfix's discard(8)). The nexthop is what the log says. */
export function discardAgent(): DeliveryAgent {
  return {
    deliver({ nexthop, recipients }) {
      const text = nexthop === '' ? 'discarded' : nexthop
      const fate = { kind: 'delivered', relay: 'none', status: '2.0.0', text, reports: 'delivered' } as const
      return Promise.resolve({ results: recipients.map(({ position }): DeliveryResult => ({ position, ...fate })) })
    },
  }
}

/** `5.7.1 text`, or either; the class is the agent's. */
function errorWords(nexthop: string, kind: 'failed' | 'deferred'): { readonly status: string; readonly text: string } {
  const own = kind === 'failed' ? '5' : '4'
  const [, detail = '.0.0', text = ''] = /^(?:[245](\.\d{1,3}\.\d{1,3})(?=\s|$))?\s*(.*)$/s.exec(nexthop) ?? []
  return { status: own + detail, text: text === '' ? 'mail for this recipient is not delivered' : text }
}
