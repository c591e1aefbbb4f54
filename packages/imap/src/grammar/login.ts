import type { ImapCommand } from '../command.js'
import type { Cursor } from './cursor.js'
import { astring, atom, text } from './strings.js'

const INITIAL_RESPONSE = /[A-Za-z0-9+/]+={0,2}|=/y

/**
 *     authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")] *(CRLF base64)
 *
 * RFC 4959 §7. Later lines belong to the SASL exchange. The mechanism comes upper-case.
 */
export function authenticate(c: Cursor): ImapCommand {
  const mechanism = atom(c, 'mechanism').toUpperCase()
  const initialResponse =
    c.offers('SASL-IR') && c.skip(' ') ? (c.match(INITIAL_RESPONSE) ?? c.bad('Invalid base64')) : null
  return { name: 'AUTHENTICATE', mechanism, initialResponse }
}

/**
 *     login    = "LOGIN" SP userid SP password
 *     userid   = astring
 *     password = astring
 *
 * RFC 3501 §9.
 */
export function login(c: Cursor): ImapCommand {
  const user = text(astring(c, 'user name'))
  c.sp()
  return { name: 'LOGIN', user, password: text(astring(c, 'password')) }
}
