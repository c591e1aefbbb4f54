import type { ExtensionKeyword } from './extension.js'

/** Whom a server resembles in what it offers. */
export type SmtpProfile = 'default' | 'postfix-classic'

/**
 * The extensions that a server of this profile has, where the host's options and abilities allow them; `null` for all.
 * `postfix-classic` is EHLO's list as Postfix wrote it before SMTPUTF8 and CHUNKING came, for peers and checks that expect just that.
 */
export const PROFILES: { readonly [P in SmtpProfile]: ReadonlySet<ExtensionKeyword> | null } = {
  default: null,
  'postfix-classic': new Set<ExtensionKeyword>([
    'PIPELINING',
    'SIZE',
    'VRFY',
    'ETRN',
    'STARTTLS',
    'AUTH',
    'XCLIENT',
    'XFORWARD',
    'ENHANCEDSTATUSCODES',
    '8BITMIME',
    'DSN',
  ]),
}
