import { describe, expect, test } from 'vitest'
import { parseSendmail } from './arguments.js'

const SEND = {
  kind: 'send',
  config: null,
  sender: null,
  fullName: null,
  recipients: [],
  headerRecipients: 'ignored',
  loneDot: 'ends',
  warnings: [],
  words: 'none',
}

describe('[B20] the command line of sendmail', () => {
  test.each([
    ['recipients alone', 'u@d v', { recipients: ['u@d', 'v'] }],
    [
      'cron',
      '-FCronDaemon -i -odi -oem -oi -t -f root',
      { fullName: 'CronDaemon', loneDot: 'stays', headerRecipients: 'added', sender: 'root' },
    ],
    ['mutt', '-oem -oi -f me@d -- u@d', { loneDot: 'stays', sender: 'me@d', recipients: ['u@d'] }],
    ['options in a group', '-ti', { headerRecipients: 'added', loneDot: 'stays' }],
    ['a group that ends with a value', '-tfme u', { headerRecipients: 'added', sender: 'me', recipients: ['u'] }],
    ['the null sender', '-f <> u', { sender: '', recipients: ['u'] }],
    [
      'reports',
      '-N success,FAILURE -R hdrs -V id-1 u',
      { notify: ['SUCCESS', 'FAILURE'], ret: 'HDRS', envelopeId: 'id-1', recipients: ['u'] },
    ],
    ['never', '-N never u', { notify: ['NEVER'], recipients: ['u'] }],
    [
      'reports that are none',
      '-N never,success u',
      { warnings: ['bad -N option value -- ignored'], recipients: ['u'] },
    ],
    [
      'reports, asked for twice',
      '-N now -R all -N delay u',
      {
        warnings: ['bad -N option value -- ignored', 'bad -R option value -- ignored'],
        notify: ['DELAY'],
        recipients: ['u'],
      },
    ],
    ['a body type', '-B8bitmime u', { body: '8BITMIME', recipients: ['u'] }],
    [
      'what means nothing here',
      '-Am -G -n -U -h 3 -O DeliveryMode=b -X log -m -v u',
      { words: 'told', recipients: ['u'] },
    ],
    ['another site', '-C /srv/site.json u', { config: '/srv/site.json', recipients: ['u'] }],
    ['a dash alone is a recipient', '- u', { recipients: ['-', 'u'] }],
  ])('%s', (_, line, expected) => {
    expect(parseSendmail(line.split(' '))).toEqual({ ...SEND, ...expected })
  })

  test.each([
    ['-bs', { kind: 'serveSmtp', sender: null }],
    ['-bp', { kind: 'listQueue' }],
    ['-bi', { kind: 'checkAliases' }],
    ['-I', { kind: 'checkAliases' }],
    ['-q', { kind: 'flush', id: null, site: null }],
    ['-q15m', { kind: 'flush', id: null, site: null }],
    ['-qRexample.org', { kind: 'flush', id: null, site: 'example.org' }],
    ['-qI1D7FE400A4C9', { kind: 'flush', id: '1D7FE400A4C9', site: null }],
  ])('%s', (line, expected) => {
    expect(parseSendmail(line.split(' '))).toEqual({ config: null, ...expected })
  })

  test.each([
    ['-Z', 'there is no option -Z'],
    ['-bx', 'there is no mode -bx; known are -bm -bs -bp -bi'],
    ['-f', 'option -f needs a value'],
    ['-bs u', 'stand-alone mode requires no recipient'],
    ['-B 9BIT', '-B 9BIT: known are 7BIT and 8BITMIME'],
  ])('%s is refused with a sentence', (line, sentence) => {
    expect(parseSendmail(line.split(' '))).toEqual({ kind: 'wrong', sentence })
  })
})
