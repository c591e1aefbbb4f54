/** Values of a transport table that end a way, by the names of who has them: users of our domain, and domains. */
export const ENDS: { readonly [name: string]: string } = {
  'error-status': 'error:5.2.1 no such',
  'error-text': 'error:just words',
  'error-empty': 'error:',
  'error-bare': 'error',
  'error-later': 'error:4.2.1 another class',
  'error-fine': 'error:2.0.0 a class that is none',
  'error-unknown': 'error:5.1.1 a code of recipients',
  'error-host': 'error:5.1.2 a host of recipients',
  'error-syntax': 'error:5.1.3 a syntax of recipients',
  'error-ambiguous': 'error:5.1.4 ambiguous',
  'error-fine-recipient': 'error:5.1.5 a recipient that is fine',
  'error-moved': 'error:5.1.6 moved',
  'error-sender-host': 'error:5.1.8 a host of senders',
  'error-null': 'error:5.1.10 a null MX',
  'error-sender': 'error:5.1.7 a code of senders',
  'error-only': 'error:5.7.1',
  'error-code': 'error:550 5.7.1 a code before it',
  'error-blanks': 'error:  5.7.2   blanks',
  'error-wide': 'error:5.1.1000 too wide',
  'error-zeros': 'error:5.01.1 a zero before it',
  'error-capitals': 'ERROR:5.7.1 capitals',
  'retry-status': 'retry:4.3.0 later',
  'retry-text': 'retry:just later',
  'retry-empty': 'retry:',
  'retry-bare': 'retry',
  'retry-never': 'retry:5.7.1 another class',
  'discard-text': 'discard:away with it',
}

/** transport(5) of both servers. */
export const WAYS_TABLE = `${Object.entries(ENDS)
  .map(([name, value]) => `${name}@postfix.example ${value}\n${name}.example.net ${value}\n`)
  .join('')}dave@postfix.example error:5.7.1 dave is away
alice+shut@postfix.example error:5.7.1 not by that name
mapped@postfix.example error:5.7.1 only its alias
shut@relay.example error:5.7.1 not there
.below.example error:5.7.1 below
nexthop.example :[192.0.2.1]
`
