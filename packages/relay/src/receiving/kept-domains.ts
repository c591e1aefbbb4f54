import type { EtrnScope } from '@mailwright/smtp'

/**
 * Of the domains that we keep mail for those that ETRN asks for; none for a queue's name, for we have no queues of their own. RFC 1985 §5.3.
 *
 * @param domains Postfix's fast_flush_domains, which are its relay_domains.
 */
export function keptDomains(domains: readonly string[], scope: EtrnScope, node: string): readonly string[] {
  if (scope === 'queue') return []
  const name = node.toLowerCase()
  return domains
    .map((domain) => domain.toLowerCase())
    .filter((domain) => domain === name || (scope === 'subdomains' && domain.endsWith(`.${name}`)))
}
