import { type Authenticator, caller, type Flow, type Identity } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import { maySpeakFor } from '../extensions/speaks-for.js'
import {
  type AttributeList,
  type AttributeValues,
  attributeAddress,
  attributeChoice,
  attributeHostNow,
  attributePort,
  attributeText,
  attributeWord,
  readAttributes,
} from '../grammar/attribute-list.js'
import { type Answer, mistake, said } from '../response/answer.js'
import { INSUFFICIENT_AUTHORIZATION } from '../response/refusals.js'
import { type Reply, reply } from '../response/reply.js'
import type { Hello, SmtpSession } from '../session.js'
import { greet } from './greet.js'

const { call } = caller<Authenticator>()

const RULES = {
  NAME: attributeHostNow,
  ADDR: attributeAddress,
  PROTO: { ...attributeChoice('SMTP', 'ESMTP'), unknown: 'never' as const },
  HELO: attributeWord,
  REVERSE_NAME: attributeHostNow,
  PORT: attributePort,
  LOGIN: attributeText,
  DESTADDR: attributeAddress,
  DESTPORT: attributePort,
}

/**
 *     xclient = "XCLIENT" 1*( SP attribute "=" xtext ) CRLF
 *
 * Postfix XCLIENT_README: a peer whom the host trusts says for whom it speaks. The session begins anew, with the greeting and whatever the host says to
 * that peer; what was said of it stays until the peer says it itself. Trust is in the peer that came: one that gave another's address is that other
 * from then on, and may not do so again.
 */
export function* xclient(dialogue: Dialogue, argument: string): Flow<Answer> {
  const { session, settings } = dialogue
  const { LOGIN, ...others } = RULES
  const list = readAttributes('XCLIENT', argument, settings.auth === null ? others : { ...others, LOGIN })
  if (argument !== '' && !maySpeakFor(session, settings, 'XCLIENT')) return mistake(INSUFFICIENT_AUTHORIZATION)
  if (list.kind === 'bad') return mistake(list.reply)
  const { values } = list
  const login = values.get('LOGIN') ?? null
  const who = login === null ? null : yield* identify(login)
  if (who !== null && 'code' in who) return said(who)
  const { client: _, mechanism: __, ...anybody } = session
  dialogue.impersonate({
    ...anybody,
    peer: {
      ...session.peer,
      address: told(values, 'ADDR', session.peer.address, 'unknown'),
      port: Number(told(values, 'PORT', String(session.peer.port), '0')),
      localAddress: told(values, 'DESTADDR', session.peer.localAddress, 'unknown'),
      localPort: Number(told(values, 'DESTPORT', String(session.peer.localPort), '0')),
    },
    identity: who,
    ...(who === null ? {} : { mechanism: 'XCLIENT' }),
    heloName: values.get('HELO') ?? null,
    hello: helloOf(values, session),
    ...namesOf(list, dialogue),
  })
  return said(yield* greet(dialogue))
}

/** What was told; `absent` where nothing was; `unknown` where nobody knows. */
function told(values: AttributeValues, name: string, absent: string, unknown: string): string {
  const value = values.get(name)
  return value === undefined ? absent : (value ?? unknown)
}

/**
 * With NAME, both names are that one, until REVERSE_NAME says otherwise. What was told before stays; what the host found out itself is of the address alone, and it looks
 * again.
 */
function namesOf(
  { values, temporary }: Extract<AttributeList, { kind: 'given' }>,
  { namesTold, session }: Dialogue,
): Pick<SmtpSession, 'client'> {
  if (!values.has('NAME') && !values.has('REVERSE_NAME')) return namesTold === null ? {} : { client: namesTold }
  const before = namesTold ?? (values.has('ADDR') ? undefined : session.client)
  const given = values.get('NAME')
  const name = given === undefined ? (before?.name ?? null) : given
  const reverse = values.get('REVERSE_NAME')
  const names = { name, reverseName: reverse === undefined ? name : reverse }
  return { client: temporary.size > 0 ? { ...names, isTemporary: true } : names }
}

function helloOf(values: AttributeValues, { role }: SmtpSession): Hello | null {
  const protocol = values.get('PROTO') ?? null
  if (protocol === null && (values.get('HELO') ?? null) === null) return null
  if (role === 'lmtp') return 'LHLO'
  return protocol === 'ESMTP' ? 'EHLO' : 'HELO'
}

/** Who logged in there. Whether there is such a user is for our own authenticator to say. */
function* identify(user: string): Flow<Identity | Reply> {
  const found = yield* call('lookupUser', { user })
  switch (found.kind) {
    case 'found':
      return { user: found.user, account: found.account }
    case 'noSuchUser':
      return reply(535, '5.7.8', 'Error: no such user')
    case 'unavailable':
      return reply(454, '4.7.0', 'Temporary authentication failure')
    default:
      return found satisfies never
  }
}
