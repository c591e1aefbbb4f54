import type { ComplianceCase } from '../../kit/case.js'
import { law, NEVER, nameOf, type World } from '../world.js'

const NAMES: readonly (readonly [title: string, name: string])[] = [
  ['spaces', 'two words  and two spaces'],
  ['leading-and-trailing-spaces', ' padded '],
  ['quotes', 'say "hello"'],
  ['backslash', 'back\\slash'],
  ['ampersand', 'R&D'],
  ['looks-like-modified-utf7', '&AOQ-'],
  ['tilde', '~peter'],
  ['leading-dot', '.hidden'],
  ['dot-inside', 'v1.2.3'],
  ['trailing-dot', 'etc.'],
  ['percent', '100% %2F %s'],
  ['asterisk', 'a*b'],
  ['hash', '#shared'],
  ['braces', '{12} [TRASH] (old) <new>'],
  ['shell', '$HOME; rm -rf `x` | cat'],
  ['umlauts', 'Entwürfe'],
  ['cjk', '受信トレイ'],
  ['beyond-the-basic-plane', 'Party 🎉 now'],
  ['right-to-left', 'דואר נכנס'],
  ['maildir-words', 'cur'],
  ['colon-and-comma', 'a:2,S'],
  ['long', 'n'.repeat(200)],
  ['very-long', 'n'.repeat(900)],
  ['long-in-octets', '世'.repeat(300)],
  ['inbox-like', 'INBOXES'],
]

/** Names are data: kept as given, or refused whole. */
export const nameLaws: readonly ComplianceCase[] = [
  ...NAMES.map(([title, name]) => law(`names/${title}`, 'RFC 9051 §5.1', (w) => livesUnder(w, name))),

  law('names/deep', 'RFC 9051 §5.1', async (w) => {
    if (await w.hasLevels()) await livesUnder(w, Array.from({ length: 20 }, (_, at) => `level ${at}`).join('/'))
  }),

  law('names/odd-parents', 'RFC 9051 §5.1', async (w) => {
    if (await w.hasLevels()) await livesUnder(w, 'Größe & "Maß"/~tilde')
  }),

  law('names/composed-and-decomposed-stay-as-given', 'RFC 9051 §5.1', async (w) => {
    const composed = 'Caf\u00e9'
    const decomposed = 'Cafe\u0301'
    for (const names of [
      [decomposed, composed],
      [composed, decomposed],
    ]) {
      const kept: string[] = []
      for (const name of names) {
        const made = await w.store.createMailbox({ account: w.alice, name: nameOf(name) }, NEVER)
        if (made.kind === 'created') kept.push(name)
      }
      w.check.equal(await w.names(), [...kept, 'INBOX'].sort(), 'what was taken is listed as it was given')
      w.check.ok(kept.length > 0, 'one of the two spellings is taken')
      for (const name of kept) await w.delete(name)
    }
  }),
]

/** A mailbox of this name serves like any other; or the name is refused, and nothing of it stays. */
async function livesUnder(w: World, name: string): Promise<void> {
  const made = await w.store.createMailbox({ account: w.alice, name: nameOf(name) }, NEVER)
  if (made.kind === 'denied') {
    w.check.ok(made.reason !== '', 'a refusal says why')
    w.check.equal(await w.names(), ['INBOX'], 'a refused name is not listed')
    return
  }
  const at = { account: w.alice, mailbox: w.check.kind(made, 'created', 'the name is taken').mailbox }
  w.check.equal((await w.find(name))?.id, at.mailbox, 'it is listed as it was given')
  await w.append(at, {})
  await w.subscribe(name)
  if (w.store.supports.durable) {
    await w.reopen()
    w.check.equal((await w.find(name))?.id, at.mailbox, 'it is listed as it was given after a reopen')
  }
  w.check.equal((await w.uids(at)).length, 1, 'its messages')
  w.check.equal((await w.find(name))?.isSubscribed, true, 'its subscription')
  await w.rename(name, 'Plain')
  w.check.equal((await w.find('Plain'))?.id, at.mailbox, 'renamed to another name')
  await w.rename('Plain', name)
  w.check.equal((await w.find(name))?.id, at.mailbox, 'and back again')
  await w.delete(name)
  w.check.equal(await w.find(name), undefined, 'deleted')
}
