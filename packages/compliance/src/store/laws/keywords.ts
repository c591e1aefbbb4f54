import type { FlagChange, MailboxRef } from '@mailwright/core'
import { FLAGGED, SEEN } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, type World } from '../world.js'

/** Keywords. A store that has none proves that instead. */
export const keywordLaws: readonly ComplianceCase[] = [
  keywordLaw('keywords/add-remove-replace', 'RFC 9051 §6.4.6', async (w, inbox) => {
    await w.append(inbox, { keywords: ['a', 'b'] }, {})
    await change(w, inbox, 'add', ['b', 'c'])
    w.check.equal(await keywords(w, inbox), ['a b c', 'b c'], 'after adding')
    await change(w, inbox, 'remove', ['b', 'never'])
    w.check.equal(await keywords(w, inbox), ['a c', 'c'], 'after removing')
    await change(w, inbox, 'replace', ['d'])
    w.check.equal(await keywords(w, inbox), ['d', 'd'], 'after replacing')
    await change(w, inbox, 'replace', [])
    w.check.equal(await keywords(w, inbox), ['', ''], 'after replacing by none')
  }),

  keywordLaw('keywords/compare-without-case', 'RFC 9051 §2.3.2', async (w, inbox) => {
    await w.append(inbox, { keywords: ['$Junk'] }, {})
    await change(w, inbox, 'add', ['$JUNK'])
    w.check.equal(await keywords(w, inbox), ['$Junk', '$Junk'], 'the spelling of the first use is kept')
    await change(w, inbox, 'remove', ['$junk'])
    w.check.equal(await keywords(w, inbox), ['', ''], 'another spelling removes it')
  }),

  keywordLaw('keywords/spelled-twice-in-one-call-are-one', 'RFC 9051 §2.3.2', async (w, inbox) => {
    await w.append(inbox, { keywords: ['Later', 'LATER', 'later'] })
    w.check.equal(await keywords(w, inbox), ['Later'], 'one keyword')
  }),

  keywordLaw('keywords/apart-from-system-flags', 'RFC 9051 §2.3.2', async (w, inbox) => {
    const uids = await w.append(inbox, { system: SEEN, keywords: ['a'] })
    await w.flag(inbox, uids, { mode: 'add', flags: { system: FLAGGED, keywords: [] } })
    await w.flag(inbox, uids, { mode: 'remove', flags: { system: SEEN, keywords: [] } })
    await w.flag(inbox, uids, { mode: 'add', flags: { system: 0, keywords: ['Seen', 'flagged'] } })
    w.check.equal(
      await w.rows(inbox),
      [{ uid: uids[0], system: FLAGGED, keywords: ['Seen', 'a', 'flagged'] }],
      'a keyword named like a system flag is a keyword',
    )
  }),

  keywordLaw('keywords/more-than-a-word-holds', 'FlagColumns', async (w, inbox) => {
    const names = Array.from({ length: 70 }, (_, at) => `k${100 + at}`)
    const uids = await w.append(inbox, ...names.map((name) => ({ keywords: [name] })), { keywords: names })
    const rows = await w.rows(inbox)
    for (const [at, name] of names.entries()) w.check.equal(rows[at]?.keywords, [name], `keyword of message ${at}`)
    w.check.equal(rows[70]?.keywords, names, 'a message with all of them')
    await w.flag(inbox, uids, { mode: 'remove', flags: { system: 0, keywords: names.slice(0, 69) } })
    w.check.equal(
      (await keywords(w, inbox)).filter((text) => text !== ''),
      ['k169', 'k169'],
      'after removing all but one',
    )
  }),

  keywordLaw('keywords/as-clients-spell-them', 'RFC 9051 §9 flag-keyword', async (w, inbox) => {
    const names = [
      '$MDNSent',
      '$Forwarded',
      '$NotJunk',
      'NonJunk',
      '$label1',
      'a.b',
      'x-y_z',
      "it's",
      '!#&+',
      '1',
      'i/o:~',
    ]
    const uids = await w.append(inbox, {})
    await w.flag(inbox, uids, { mode: 'add', flags: { system: 0, keywords: names } })
    w.check.equal((await w.rows(inbox))[0]?.keywords, [...names].sort(), 'keywords')
  }),

  keywordLaw('keywords/go-along-with-copies', 'RFC 9051 §6.4.7', async (w, inbox) => {
    const archive = await w.create('Archive')
    await w.append(archive, { keywords: ['URGENT', 'own'] })
    const uids = await w.append(inbox, { keywords: ['a', 'urgent'] }, { keywords: ['b'] })
    await w.store.copy({ ...inbox, uids: list(uids), to: archive.mailbox }, NEVER)
    w.check.equal(await keywords(w, archive), ['URGENT own', 'URGENT a', 'b'], 'in the spelling of the target')
    w.check.equal(await keywords(w, inbox), ['a urgent', 'b'], 'the originals keep theirs')
  }),
]

function keywordLaw(id: string, source: string, prove: (w: World, inbox: MailboxRef) => Promise<void>): ComplianceCase {
  return law(id, source, async (w) => {
    if (await w.hasKeywords()) await prove(w, await w.inbox())
  })
}

async function change(w: World, at: MailboxRef, mode: FlagChange['mode'], names: readonly string[]): Promise<void> {
  await w.flag(at, await w.uids(at), { mode, flags: { system: 0, keywords: names } })
}

async function keywords(w: World, at: MailboxRef): Promise<string[]> {
  return (await w.rows(at)).map((row) => row.keywords.join(' '))
}
