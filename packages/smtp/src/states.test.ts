import { describe, expect, test } from 'vitest'
import { COMMANDS, VERBS } from './command-table.js'
import { ROLES } from './roles.js'
import { ADMITS, outOfSequence, type SmtpState } from './states.js'

const STATES: readonly SmtpState['name'][] = ['connected', 'ready', 'mail', 'rcpt', 'bdat', 'denied']

/** RFC 5321 §4.1.4: what may come when. A row a verb, a letter a state: c(onnected) r(eady) m(ail) R(cpt) b(dat) d(enied). */
const ORDER: { readonly [verb: string]: string } = {
  HELO: 'crmRb',
  EHLO: 'crmRb',
  LHLO: 'crmRb',
  STARTTLS: 'crmRb',
  AUTH: 'r',
  MAIL: 'r',
  RCPT: 'mR',
  DATA: 'R',
  BDAT: 'Rb',
  BURL: 'Rb',
  RSET: 'crmRb',
  NOOP: 'crmRb',
  VRFY: 'crmRb',
  EXPN: 'crmRb',
  ETRN: 'cr',
  XCLIENT: 'cr',
  XFORWARD: 'cr',
  QUIT: 'crmRbd',
  HELP: 'crmRb',
}

describe('states', () => {
  test.each(VERBS)('%s is admitted where RFC 5321 §4.1.4 has it', (verb) => {
    const letters = ['c', 'r', 'm', 'R', 'b', 'd']
    const admitted = STATES.map((state, at) => (ADMITS[state].has(verb) ? letters[at] : '')).join('')
    expect(admitted).toBe(ORDER[verb])
  })

  test('every refusal for order is 503, but for DATA and its kin without a recipient in SMTP', () => {
    for (const traits of Object.values(ROLES)) {
      for (const state of STATES) {
        for (const verb of VERBS) {
          if (ADMITS[state].has(verb)) continue
          const { code, enhanced } = outOfSequence(state, verb, { traits, peerAddress: '192.0.2.7' })
          if (verb === 'BURL') {
            // RFC 4468 §6.
            const wanted = state === 'denied' ? [503, '5.7.0'] : [state === 'mail' ? 554 : 503, '5.5.0']
            expect([code, enhanced]).toEqual(wanted)
            continue
          }
          const isNoRecipients = (verb === 'DATA' || verb === 'BDAT') && state === 'mail'
          expect([code, enhanced]).toEqual(
            isNoRecipients
              ? [traits.repliesPerRecipient ? 503 : 554, '5.5.1']
              : [503, state === 'denied' ? '5.7.0' : '5.5.1'],
          )
        }
      }
    }
  })

  test('every command names its source', () => {
    for (const { source } of COMMANDS) expect(source).toMatch(/^(?:RFC \d+ §[\d.]+|Postfix \w+_README)$/)
  })
})
