import { join } from 'node:path'
import { accountId } from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import { systemClock } from '@mailwright/core/node'
import { expandRecipient, ROUTING_RULES, Router } from '@mailwright/relay'
import { TableFiles } from '@mailwright/relay/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Postfix } from '../support/postfix.js'
import { eventually } from '../support/wait.js'

/** What aliases(5) can say. */
const HANDMADE = `# the sample of seed 004
mailer-daemon: postmaster
postmaster: root
hostmaster: root
root: usuario
usuario: usuario, "copy of it"@far.example
team: ana, bea+notes,
	"Ana" <ana@here.example>, ana@HERE.example  , (nobody) otto@far.example
nested: team, root, inner
inner: deep@far.example
list: ana, far@far.example, other
owner-list: usuario
other: else@far.example, ana
owner-other: bea
"odd name": ana
plus+special: special@far.example
plus: plain@far.example
virtually: known@virtual.example
mixed: "|/bin/program", ana
`

/** Names that only lead to later ones: circles are a matter of their own. */
const NAMES = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8'] as const
const member = (at: number) =>
  fc.constantFrom(
    ...NAMES.slice(at + 1),
    'ana',
    'bea',
    'ana+x',
    'a@far.example',
    'b@far.example',

    'known@virtual.example',
  )
const seed = Date.now() % 1_000_000
const generated = fc
  .sample(
    fc.tuple(
      ...NAMES.map((name, at) =>
        fc
          .tuple(fc.array(member(at), { minLength: 1, maxLength: 4 }), fc.boolean())
          .map(([members, hasOwner]) => `${name}: ${members.join(', ')}\n${hasOwner ? `owner-${name}: bea\n` : ''}`),
      ),
    ),
    { numRuns: 1, seed },
  )
  .flat()
  .join('')

const SENDER = 'sender@far.example'
const router = new Router({
  ...ROUTING_RULES,
  origin: 'here.example',
  destinations: ['here.example', 'localhost'],
  delimiter: '+',
  aliasMaps: ['hash:aliases'],
  virtualAliasMaps: ['hash:virtual'],
  virtualAliasDomains: ['virtual.example'],
  aliasesMay: new Set(['include']),
})

let postfix: Postfix
beforeAll(async () => {
  postfix = await Postfix.start({
    domain: 'here.example',
    files: {
      aliases: HANDMADE + generated,
      virtual: 'known@virtual.example ana, seen@far.example\n',
      members: '# a list\nana, lotte@far.example\n\n  "quoted name"@far.example\nn8\n',
    },
    settings: [
      'mydestination = here.example, localhost',
      'virtual_mailbox_domains =',
      'virtual_alias_domains = virtual.example',
      'virtual_alias_maps = texthash:$config_directory/virtual',
      'alias_maps = hash:$config_directory/aliases',
      'alias_database =',
      'local_recipient_maps =',
      'mailbox_transport = discard',
      'default_transport = retry',
      'recipient_delimiter = +',
      'allow_mail_to_commands =',
      'allow_mail_to_files =',
    ],
  })
  postfix.write('aliases', `${HANDMADE}${generated}included: :include:${join(postfix.config, 'members')}\n`)
  const { stderr } = await postfix.command('postalias', [`hash:${join(postfix.config, 'aliases')}`])
  expect(stderr).toBe('')
})
afterAll(() => postfix?.dispose())

/** Who gets a message, and of others than ours, from whom. Local users' mail is passed to discard(8), others' to error(8). */
async function theirs(address: string): Promise<readonly string[]> {
  const mark = postfix.log().length
  const { code } = await postfix.command('sendmail', ['-i', '-f', SENDER, address], { input: 'Subject: x\n\ny\n' })
  expect(code).toBe(0)
  const lines = await eventually(20_000, `Postfix delivers to ${address}`, () => {
    const log = postfix.log().slice(mark).split('\n')
    const [, first = ''] = /pickup\[\d+\]: ([0-9A-F]+): uid=/.exec(log.join('\n')) ?? []
    const ids = [first, ...log.flatMap((line) => /forwarded as ([0-9A-F]+)\)/.exec(line)?.[1] ?? [])]
    const isOver = ids.every((id) => {
      const own = log.filter((line) => line.includes(`: ${id}: `))
      const wanted = Number(own.map((line) => / nrcpt=(\d+) /.exec(line)?.[1]).find(Boolean))
      const told = own.filter((line) => line.includes(': to=<'))
      // What waits for another try stays; nothing else of it is to come when all its recipients were tried.
      const waits = told.some((line) => line.includes('status=deferred')) && told.length >= wanted
      return waits || own.some((line) => line.endsWith(': removed'))
    })
    return isOver ? log : undefined
  })
  const senders = new Map(
    lines.flatMap((line) => {
      const [, id, from] = /qmgr\[\d+\]: ([0-9A-F]+): from=<(.*?)>/.exec(line) ?? []
      return id === undefined || from === undefined ? [] : [[id, from] as const]
    }),
  )
  const ways = lines.flatMap((line) => {
    const [, program, id = '', to = ''] = /postfix\/(\w+)\[\d+\]: ([0-9A-F]+): to=<(.*?)>,/.exec(line) ?? []
    if (program === 'discard') return [lowered(to)]
    if (program === 'error') return [`${lowered(to)} from ${senders.get(id)}`]
    return program === 'local' && !line.includes('forwarded as') ? [`${to}: ${line.replace(/^.*status=/, '')}`] : []
  })
  return [...new Set(ways)].sort()
}

async function ours(address: string): Promise<readonly string[]> {
  const tables = new TableFiles({ clock: systemClock, folder: postfix.config })
  const users = { lookupUser: async () => ({ kind: 'found', user: 'any', account: accountId('any') }) as const }
  const expansion = await runFlow(
    expandRecipient(router, { address }),
    performer([tables, users]),
    new AbortController().signal,
  )
  if (expansion.kind === 'refused') throw new Error(`${address}: ${expansion.reply.text}`)
  const ways = expansion.recipients.map(({ recipient, place, sender = SENDER }) =>
    place === 'store' ? lowered(recipient.address) : `${lowered(recipient.address)} from ${sender}`,
  )
  return [...new Set(ways)].sort()
}

function lowered(address: string): string {
  return address.replace(/[^@]*$/, (domain) => domain.toLowerCase())
}

describe('[C14] who gets mail for an alias is whom Postfix sends it to', () => {
  test.each([
    ...[
      'hostmaster',
      'HostMaster@here.example',
      'mailer-daemon',
      'usuario',
      'usuario+x',
      'team',
      'nested',
      'list',
      'other',
    ],
    ...[
      'owner-list',
      '"odd name"',
      'plus+special',
      'plus+else',
      'virtually',
      'known@virtual.example',
      'included',
      'ana+y',
    ],
    'nobody-special',
  ])('%s', async (address) => {
    expect(await ours(address)).toEqual(await theirs(address))
  })

  test(`names nobody thought of, seed ${seed}`, async () => {
    for (const name of NAMES) {
      const answers = { name, generated }
      expect({ ...answers, ways: await ours(name) }).toEqual({ ...answers, ways: await theirs(name) })
    }
  })
})
