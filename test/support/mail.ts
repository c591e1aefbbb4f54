import { expect } from 'vitest'
import type { Appliance } from './appliance.js'
import { deliver } from './dialogue.js'
import { note } from './messages.js'

/** Mail of several kinds; what a message is comes back by its subject. */
export const MAIL: ReadonlyMap<string, string> = new Map([
  ['plain', note('plain')],
  ['dots', note('dots', '.\r\n..\r\n.x\r\n')],
  ['eight bits', note('eight bits', 'Gr\xc3\xbc\xc3\x9fe\r\n')],
  ['large', note('large', `${'0123456789abcde\r\n'.repeat(20_000)}`)],
  // mbsync never fetches a message whose header does not end.
  ['only a header', note('only a header').slice(0, -'\r\nIt works.\r\n'.length)],
])

export const SUBJECTS: readonly string[] = [...MAIL.keys()]

/** Delivers {@link MAIL} to users of a site. */
export async function deliverMail(site: Appliance, ...users: readonly string[]): Promise<void> {
  for (const user of users) {
    for (const message of MAIL.values()) {
      expect(await deliver(site.port('smtp'), site.address(user), message)).toMatch(/^250 /)
    }
  }
}
