import { afterAll, beforeAll, expect, test } from 'vitest'
import { RoutedSite } from '../support/routed-site.js'

/** One site, as Postfix's main.cf has it and as ours. */
const FILES = {
  virtual: `dominio2.example anything
info@dominio2.example usuario
ventas@dominio2.example usuario, otra@dominio3.example
Todos@dominio2.example info@dominio2.example, ventas@dominio2.example, lejos@far.example
@dominio3.example todo@here.example
self@dominio2.example self@dominio2.example, other@here.example
joe@dominio2.example joe@sub.example
joe+special@dominio2.example special@here.example
@moved.example @dominio2.example
usuario+x root@far.example
"a b"@dominio2.example quoted@here.example
two@dominio2.example one@here.example second@here.example
`,
  canonical: `old@here.example new.name@here.example
@old.example @here.example
shorty the.long.name@far.example
`,
  patterns: '/^pat-(.*)@here\\.example$/ $1@far.example\n/^@here/ never@far.example\n',
  transport: `far.example error:by table far
.far.example error:below far
user@far.example error:one user
blocked.example error:5.7.1 no mail for them
half.example discard:
nexthop.example :by another nexthop
quiet.example :
broken.example error:
plus.example error:all of plus
who@plus.example error:who with any suffix
`,
  senders: 'boss@far.example boss way\n@domain.example domain way\nshy@far.example DUNNO\nboss home way\n',
} as const

/** Addresses whose ways are asked for. */
const ADDRESSES: readonly string[] = [
  ...[
    'info@dominio2.example',
    'INFO@Dominio2.example',
    'ventas@dominio2.example',
    'todos@dominio2.example',
    'nobody@dominio2.example',
    'x@dominio3.example',
  ],
  ...[
    'self@dominio2.example',
    'joe+lists@dominio2.example',
    'joe+special@dominio2.example',
    'info+ext@dominio2.example',
    'info@moved.example',
  ],
  ...[
    'usuario+x@here.example',
    'usuario+y@here.example',
    '"a b"@dominio2.example',
    'two@dominio2.example',
    'nobody@moved.example',
  ],
  ...[
    'old@here.example',
    'old+ext@here.example',
    'usuario@old.example',
    'shorty@here.example',
    'usuario',
    'usuario@host',
  ],
  ...['pat-x@here.example', 'a@far.example', 'a@x.far.example', 'user@far.example', 'user+x@far.example'],
  ...['a@blocked.example', 'a@half.example', 'a@nexthop.example', 'a@quiet.example', 'a@broken.example'],
  ...['who+z@plus.example', 'a@plus.example', 'a@elsewhere.example', 'a@relayed.example', 'A.B@Far.Example'],
  ...['far.example!bob', 'bob%far.example', '@a.example,@b.example:bob@far.example', 'x@here.example'],
]

let site: RoutedSite
beforeAll(async () => {
  site = await RoutedSite.start({
    files: FILES,
    rules: {
      delimiter: '+',
      dotless: 'append',
      destinations: ['here.example', 'localhost'],
      virtualAliasDomains: ['dominio2.example', 'dominio3.example'],
      virtualAliasMaps: ['hash:virtual', 'regexp:patterns'],
      canonicalMaps: ['hash:canonical'],
      transportMaps: ['hash:transport'],
      relayDomains: ['relayed.example'],
      relayHost: 'the relay host',
      senderRelayHostMaps: ['hash:senders'],
    },
  })
})
afterAll(() => site?.dispose())

test.each(ADDRESSES)('[C2] [C3] [C5] [C12] [C16] %s goes where Postfix would send it', async (address) => {
  expect(await site.ours(address)).toEqual(await site.theirs(address))
})

test.each(['boss@far.example', 'boss+x@far.example', 'any@domain.example', 'shy@far.example', 'boss'])(
  '[C4] mail of %s goes by the relay host that Postfix would take',
  async (sender) => {
    expect(await site.ours('a@elsewhere.example', sender)).toEqual(await site.theirs('a@elsewhere.example', sender))
  },
)
