import type { Session } from './session.js'

interface CapabilityRow {
  readonly name: string
  /** Where it is specified. */
  readonly source: string
  /** `login`: told once the client has shown who it is; `always`: also in the greeting. */
  readonly since: 'always' | 'login'
}

/** What is told without conditions, in Dovecot 2.3's order. */
const ROWS: readonly CapabilityRow[] = [
  { name: 'IMAP4rev1', source: 'RFC 3501', since: 'always' },
  { name: 'SASL-IR', source: 'RFC 4959', since: 'always' },
  { name: 'ID', source: 'RFC 2971', since: 'always' },
  { name: 'ENABLE', source: 'RFC 5161', since: 'always' },
  { name: 'IDLE', source: 'RFC 2177', since: 'always' },
  { name: 'UNSELECT', source: 'RFC 3691', since: 'login' },
  { name: 'CHILDREN', source: 'RFC 3348', since: 'login' },
  { name: 'NAMESPACE', source: 'RFC 2342', since: 'login' },
  { name: 'UIDPLUS', source: 'RFC 4315', since: 'login' },
  { name: 'MOVE', source: 'RFC 6851', since: 'login' },
  { name: 'LITERAL+', source: 'RFC 7888', since: 'always' },
  { name: 'SPECIAL-USE', source: 'RFC 6154', since: 'login' },
  { name: 'CREATE-SPECIAL-USE', source: 'RFC 6154', since: 'login' },
]

/**
 *     capability-data = "CAPABILITY" *(SP capability) SP "IMAP4rev1" *(SP capability)
 *
 * RFC 3501 §9, as it is true now. Before login: how to encrypt and how to log in, too (RFC 3501 §6.2, §11.1).
 */
export function writeCapabilities(session: Session): string {
  const { settings, state } = session
  const isLoggedIn = state.name !== 'notAuthenticated'
  const names = ROWS.filter((row) => row.since === 'always' || isLoggedIn).map((row) => row.name)
  if (!isLoggedIn) {
    if (session.mayStartTls) names.push('STARTTLS')
    if (session.takesPasswords) {
      names.push(...settings.mechanisms.map((mechanism) => `AUTH=${mechanism.name}`))
    } else {
      names.push('LOGINDISABLED')
      for (const mechanism of settings.mechanisms) if (!mechanism.isPlaintext) names.push(`AUTH=${mechanism.name}`)
    }
  }
  const told = names.filter((name) => !settings.hiddenCapabilities.has(name))
  const first = settings.capabilityOrder.filter((name) => told.includes(name))
  return ['CAPABILITY', ...first, ...told.filter((name) => !first.includes(name))].join(' ')
}
