import { printable } from './reply.js'

/**
 * Fills in a greeting's text: `$myhostname` (or `${myhostname}`) and `$mail_name`; `$$` is a dollar sign, other names
 * stay as they are.
 *
 *     Greeting = ( "220 " (Domain / address-literal) [ SP textstring ] CRLF ) / …
 *
 * RFC 5321 §4.2: the text must begin with the host's name.
 */
export function banner(template: string, names: { readonly hostname: string; readonly mailName: string }): string {
  const text = template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (all, bare?: string, braced?: string) => {
    const name = bare ?? braced
    if (name === undefined) return '$'
    if (name === 'myhostname') return names.hostname
    return name === 'mail_name' ? names.mailName : all
  })
  return printable(text)
}
