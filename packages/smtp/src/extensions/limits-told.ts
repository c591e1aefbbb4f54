import type { Extension } from './extension.js'

/**
 *     limits-param = limit-name-value 0*[ SP limit-name-value ]
 *
 * RFC 9422 §3: what a session may do, told before it is refused. RCPTMAX is the limit on recipients of a transaction; MAILMAX, on
 * transactions of a session, where there is one. A limit of none is not told.
 */
export const LIMITS: Extension = {
  keyword: 'LIMITS',
  source: 'RFC 9422 §3',
  announce(_, { limits }) {
    const told = [limit('MAILMAX', limits.transactions), limit('RCPTMAX', limits.recipients)]
    return told.join('') === '' ? null : told.filter((each) => each !== '').join(' ')
  },
}

function limit(name: string, value: number): string {
  return Number.isFinite(value) ? `${name}=${value}` : ''
}
