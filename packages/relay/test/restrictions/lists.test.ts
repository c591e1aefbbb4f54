import { HostError } from '@mailwright/core'
import { runFlow } from '@mailwright/core/driver'
import { describe, expect, test } from 'vitest'
import type { ReceivingPolicy, Stage } from '../../src/receiving/policy.js'
import { checkStages, decideRecipient } from '../../src/receiving/recipient.js'
import type { Restrictions } from '../../src/restrictions/evaluate.js'
import { explainVerdict, writeTrace } from '../../src/restrictions/explain.js'
import { parseRestrictions } from '../../src/restrictions/restriction-list.js'
import { ABSENT, ALIASES, RESTRICTIONS } from '../../src/restrictions/restriction-table.js'
import { AWAY, factsOf, MAIL, noted, performerOf, restrictionsOf, signal, type World, written } from './world.js'

/** Whoever is asked for is there. */
function policyOf(restrictions: Restrictions): ReceivingPolicy {
  return {
    refusals: restrictions.refusals,
    stages: restrictions.stages,
    check: (stage, facts, before) => restrictions.check(stage, facts, before),
    *standing() {
      return { kind: 'known' }
    },
    *senderOf(reversePath: string) {
      return reversePath
    },
    *expand() {
      return { kind: 'expanded', recipients: [] }
    },
  }
}

describe('[B15] lists one after the other', () => {
  const world: World = { ...MAIL, dns: { 'MX from.example': AWAY } }
  const lists = { sender: 'reject_unknown_sender_domain', recipient: 'permit' } as const

  const decide = async (texts: { readonly [S in Stage]?: string }, facts: World) => {
    const { perform } = performerOf(facts)
    const policy = policyOf(restrictionsOf(texts, facts))
    const { session, transaction, recipient } = factsOf(facts)
    if (transaction === undefined || recipient === undefined) return expect.fail('MAIL and RCPT')
    const verdict = await runFlow(decideRecipient(policy, { session, transaction, recipient }), perform, signal)
    return verdict.kind === 'refused' ? written(verdict.reply) : (verdict.notes ?? []).map(noted).join('; ')
  }

  test('what DNS could not say of the sender defers what all else permits', async () => {
    expect(await decide(lists, world)).toBe('450 4.1.8 <a@from.example>: Sender address rejected: Domain not found')
  })

  test('a refusal for good counts more', async () => {
    expect(await decide({ ...lists, recipient: 'reject' }, world)).toContain('554 5.7.1')
  })

  test('relaying is judged before, and apart: a permission in one list is none in the other', async () => {
    const texts = { relay: 'reject_unauth_destination', recipient: 'permit' } as const
    expect(await decide(texts, { ...MAIL, to: 'x@elsewhere.example' })).toContain('Relay access denied')
    expect(await decide({ relay: 'permit', recipient: 'reject' }, MAIL)).toContain('Access denied')
  })

  test('who is discarded is not asked about any more', async () => {
    const tables = { 'hash:/t': { 'from.example': 'DISCARD' } }
    expect(await decide({ sender: 'hash:/t', recipient: 'reject' }, { ...MAIL, tables })).toBe('DISCARD')
  })

  test('lists of other stages are not looked at', async () => {
    const policy = policyOf(restrictionsOf({ helo: 'reject' }, {}))
    const { perform } = performerOf({})
    expect(await runFlow(checkStages(policy, ['client', 'sender'], factsOf({})), perform, signal)).toEqual({
      kind: 'accepted',
    })
  })
})

describe('[C7] reading lists', () => {
  test('the seed’s list, by commas and by blanks, in order', () => {
    const words =
      'permit_sasl_authenticated, permit_mynetworks, reject_unauth_destination, reject_invalid_hostname, reject_non_fqdn_hostname, reject_non_fqdn_sender, reject_non_fqdn_recipient, reject_unknown_sender_domain, reject_rbl_client sbl.spamhaus.org, reject_rbl_client cbl.abuseat.org'
    const list = parseRestrictions(words, 'recipient')
    expect(list.map(({ name, argument }) => `${name} ${argument}`.trim())).toEqual([
      'permit_sasl_authenticated',
      'permit_mynetworks',
      'reject_unauth_destination',
      'reject_invalid_helo_hostname',
      'reject_non_fqdn_helo_hostname',
      'reject_non_fqdn_sender',
      'reject_non_fqdn_recipient',
      'reject_unknown_sender_domain',
      'reject_rbl_client sbl.spamhaus.org',
      'reject_rbl_client cbl.abuseat.org',
    ])
    expect(
      parseRestrictions(words.replaceAll(',', '\n\t').toUpperCase().replaceAll('.ORG', '.org'), 'recipient').map(
        ({ name }) => name,
      ),
    ).toEqual(list.map(({ name }) => name))
  })

  test('what is in braces stays together', () => {
    const [first] = parseRestrictions('check_client_access inline:{ {192.0.2.1 = REJECT go away} }, permit', 'client')
    expect(first?.argument).toBe('inline:{ {192.0.2.1 = REJECT go away} }')
  })

  test.each([
    [
      'reject_unknwon_sender_domain',
      'unknown restriction "reject_unknwon_sender_domain"; did you mean reject_unknown_sender_domain?',
    ],
    ['check_relay_domains', 'restriction check_relay_domains is not there'],
    ['check_sender_access', 'restriction check_sender_access: needs a table behind it'],
    ['check_sender_access permit', 'found "permit"'],
    ['reject_rbl_client bl.example=127.0.0', 'needs the domain of a list behind it'],
    ['reject_rbl_client bl.example=127.0.0.[5..2]', 'needs the domain of a list behind it'],
    ['sleep soon', 'needs a number of seconds'],
    ['permit, {', 'a brace is not closed'],
  ])('%s', (text, message) => {
    expect(() => parseRestrictions(text, 'recipient')).toThrow(HostError)
    expect(() => parseRestrictions(text, 'recipient')).toThrow(message)
  })

  test('a table alone has no meaning at DATA', () => {
    expect(() => parseRestrictions('hash:/t', 'data')).toThrow('what is to be looked up in hash:/t?')
  })

  test('every restriction of Postfix is there, or said not to be', async () => {
    const known = new Set([
      ...Object.keys(RESTRICTIONS),
      ...Object.keys(ALIASES),
      ...Object.keys(ABSENT),
      'warn_if_reject',
    ])
    const manual = POSTFIX.filter((name) => !known.has(name))
    expect(manual).toEqual([])
  })
})

test('explain: the rules, look-ups and answers that led to a verdict', async () => {
  const world: World = {
    ...MAIL,
    dns: {
      'MX from.example': ['5 mx.from.example'],
      'A 9.2.0.192.bl.example': ['127.0.0.4'],
      'TXT 9.2.0.192.bl.example': ['spam'],
    },
    tables: { 'hash:/t': { 'from.example': 'strict' } },
    classes: new Map([
      ['strict', parseRestrictions('reject_unknown_sender_domain, reject_rbl_client bl.example', 'sender')],
    ]),
  }
  const { perform } = performerOf(world)
  const restrictions = restrictionsOf({ helo: 'permit_mynetworks', sender: 'check_sender_access hash:/t' }, world)
  const trace = await runFlow(explainVerdict(restrictions, factsOf(world)), perform, signal)
  expect(writeTrace(trace)).toEqual([
    'smtpd_helo_restrictions:',
    '  permit_mynetworks: DUNNO',
    'smtpd_sender_restrictions:',
    '  check_sender_access hash:/t: goes on with strict',
    '    table hash:/t a@from.example -> notFound',
    '    table hash:/t from.example -> "strict"',
    '    strict: goes on with strict',
    '      reject_unknown_sender_domain: DUNNO',
    '        MX from.example -> [{"preference":5,"exchange":"mx.from.example"}]',
    '      reject_rbl_client bl.example: REJECT 554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using bl.example; spam',
    '        A/AAAA 9.2.0.192.bl.example ipv4 -> ["127.0.0.4"]',
    '        TXT 9.2.0.192.bl.example -> ["spam"]',
    'refused: 554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using bl.example; spam',
  ])
})

/** Names in Debian's postconf(5), Postfix 3.7, and what smtpd(8) still takes. */
const POSTFIX =
  `check_ccert_access check_client_a_access check_client_access check_client_mx_access check_client_ns_access
check_etrn_access check_helo_a_access check_helo_access check_helo_mx_access check_helo_ns_access check_policy_service
check_recipient_a_access check_recipient_access check_recipient_maps check_recipient_mx_access check_recipient_ns_access
check_relay_domains check_reverse_client_hostname_a_access check_reverse_client_hostname_access
check_reverse_client_hostname_mx_access check_reverse_client_hostname_ns_access check_sasl_access check_sender_a_access
check_sender_access check_sender_mx_access check_sender_ns_access defer defer_if_permit defer_if_reject
defer_unauth_destination permit permit_auth_destination permit_dnswl_client permit_inet_interfaces permit_mx_backup
permit_mynetworks permit_naked_ip_address permit_rhswl_client permit_sasl_authenticated permit_tls_all_clientcerts
permit_tls_clientcerts reject reject_authenticated_sender_login_mismatch reject_invalid_helo_hostname
reject_invalid_hostname reject_known_sender_login_mismatch reject_maps_rbl reject_multi_recipient_bounce
reject_non_fqdn_helo_hostname reject_non_fqdn_hostname reject_non_fqdn_recipient reject_non_fqdn_sender
reject_plaintext_session reject_rbl reject_rbl_client reject_rhsbl_client reject_rhsbl_helo reject_rhsbl_recipient
reject_rhsbl_reverse_client reject_rhsbl_sender reject_sender_login_mismatch reject_unauth_destination
reject_unauth_pipelining reject_unauthenticated_sender_login_mismatch reject_unknown_address reject_unknown_client
reject_unknown_client_hostname reject_unknown_helo_hostname reject_unknown_hostname reject_unknown_recipient_domain
reject_unknown_reverse_client_hostname reject_unknown_sender_domain reject_unlisted_recipient reject_unlisted_sender
reject_unverified_recipient reject_unverified_sender sleep warn_if_reject`.split(/\s+/)
