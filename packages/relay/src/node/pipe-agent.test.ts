import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesHandle, fromLatin1, HostError, newRecipient, type QueuedMessage, type QueueId } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeliveryResult } from '../delivery/agent.js'
import { createCommandAgent } from './command-agent.js'
import { createPipeAgent, type PipeAgentOptions } from './pipe-agent.js'

const signal = new AbortController().signal
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-pipe-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A program that does what its lines say. */
function program(name: string, lines: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${lines}\n`)
  chmodSync(path, 0o755)
  return path
}

function request(
  text: string,
  to: readonly string[],
  facts: { readonly from?: string; readonly originalTo?: string } = {},
) {
  const { from = 'Jo@x.example', originalTo } = facts
  const recipients = to.map((address) => newRecipient({ address, ...(originalTo === undefined ? {} : { originalTo }) }))
  const message: QueuedMessage = {
    id: 'ABC' as QueueId,
    envelope: {
      reversePath: from,
      origin: { clientAddress: '192.0.2.1', helo: 'there', protocol: 'ESMTPA', user: 'jo', mechanism: 'PLAIN' },
    },
    recipients,
    arrived: 0,
    octets: text.length,
    isHeld: false,
    isActive: true,
  }
  return {
    message,
    body: bytesHandle(fromLatin1(text)),
    nexthop: 'Next.example',
    recipients: recipients.map((recipient, position) => ({ position, recipient, address: recipient.address })),
  }
}

async function pipe(options: Omit<PipeAgentOptions, 'name' | 'clock'>, given = request('a\r\n', ['ann+x@D.example'])) {
  const { results } = await createPipeAgent({ name: 'mine', clock: systemClock, ...options }).deliver(given, signal)
  return results
}

const told = (results: readonly DeliveryResult[]) =>
  results.map(({ kind, status, text }) => `${kind} ${status} ${text}`)

describe('[I1] a program as next hop, as pipe(8) has it', () => {
  test('its arguments, one for each recipient where they name one; no shell looks at them', async () => {
    const out = join(folder, 'arguments')
    const argv = [
      program('args', `for each; do echo "$each"; done > ${out}`),
      '-f',
      '$(sender)',
      '--',
      '$(user)/$extension',
      '$recipient',
      '$$x',
      '$(nexthop) $queue_id $size $sasl_method/$sasl_username',
    ]
    const results = await pipe({ argv, flags: 'hu' }, request('abc\r\n', ['Ann+x@D.example', '"b $(id)"@d']))
    expect(told(results)).toEqual(Array(2).fill('delivered 2.0.0 delivered via mine service'))
    expect(readFileSync(out, 'utf8').split('\n')).toEqual([
      '-f',
      'Jo@x.example',
      '--',
      'ann/x',
      'b $(id)/',
      'ann+x@d.example',
      'b $(id)@d',
      '$x',
      'next.example ABC 5 PLAIN/jo',
      '',
    ])
  })

  test('its input: fields by flag in order, line ends, dots, From', async () => {
    const out = join(folder, 'input')
    const argv = [program('cat', `cat > ${out}`)]
    const text = 'Subject: x\r\n\r\n.dot\r\nFrom me\r\nend'
    await pipe({ argv, flags: 'BDFOR.>' }, request(text, ['ann@d'], { originalTo: 'staff@d' }))
    const [first, ...rest] = readFileSync(out, 'utf8').split('\n')
    expect(first).toMatch(
      /^From Jo@x\.example (?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
    )
    expect(rest).toEqual([
      'Return-Path: <Jo@x.example>',
      'X-Original-To: staff@d',
      'Delivered-To: ann@d',
      'Subject: x',
      '',
      '..dot',
      '>From me',
      'end',
      '',
      '',
    ])
  })

  test('its environment is what was said, and nothing of ours', async () => {
    const out = join(folder, 'environment')
    await pipe({ argv: [program('env', `/usr/bin/env > ${out}`)], env: { SITE: 'x' } })
    const names = readFileSync(out, 'utf8')
      .split('\n')
      .map((line) => line.split('=')[0])
    expect(names.filter((name) => name !== '' && name !== 'PWD' && name !== '_' && name !== 'SHLVL').sort()).toEqual([
      'PATH',
      'SITE',
    ])
  })

  test.each([
    ['exit 0', 'delivered 2.0.0 delivered via mine service'],
    ['echo filed; exit 0', 'delivered 2.0.0 delivered via mine service (filed)'],
    ['exit 75', 'deferred 4.3.0 temporary failure'],
    ['echo busy >&2; exit 75', 'deferred 4.3.0 temporary failure. Command output: busy'],
    ['exit 67', 'failed 5.1.1 user unknown'],
    ['exit 77', 'failed 5.7.0 permission denied'],
    ['echo "4.2.2 no room"; exit 1', 'deferred 4.2.2 no room'],
    ['echo "5.7.1 not you"; exit 75', 'failed 5.7.1 not you'],
    ['exit 3', expect.stringMatching(/^failed 5\.3\.0 Command died with status 3: ".*\/run"$/)],
    ['kill -9 $$', expect.stringMatching(/^deferred 4\.3\.0 Command died with signal SIGKILL: /)],
    ['printf "a\\nBcc: b\\0c"; exit 69', 'failed 5.3.0 service unavailable. Command output: a Bcc: b c'],
  ])('%s: %s', async (lines, expected) => {
    expect(told(await pipe({ argv: [program('run', lines)] }))).toEqual([expected])
  })

  test('one that is not there, or hangs with a child, is worth another try', async () => {
    expect(told(await pipe({ argv: [join(folder, 'nothing')] }))).toEqual([
      expect.stringMatching(/^deferred 4\.3\.5 cannot run .*ENOENT/),
    ])
    const argv = [program('hang', 'sleep 60 & sleep 60')]
    expect(told(await pipe({ argv, limits: { time: 200 } }))).toEqual([
      expect.stringMatching(/^deferred 4\.3\.0 Command time limit exceeded: /),
    ])
  })

  test('one that does not read its input has taken a message all the same; what it says is bounded', async () => {
    const big = request('x'.repeat(1_000_000), ['ann@d'])
    expect(told(await pipe({ argv: [program('deaf', 'exit 0')] }, big))).toEqual([
      'delivered 2.0.0 delivered via mine service',
    ])
    const loud = await pipe({
      argv: [program('loud', 'head -c 100000 /dev/zero | tr "\\\\0" x; exit 69')],
      limits: { output: 10 },
    })
    expect(told(loud)).toEqual(['failed 5.3.0 service unavailable. Command output: xxxxxxxxxx'])
  })

  test('[B19] a message that was delivered there before has come back', async () => {
    const argv = [program('loop', 'exit 0')]
    const results = await pipe({ argv, flags: 'D' }, request('Delivered-To: Ann@D\r\n\r\n', ['ann@d', 'bob@d']))
    expect(told(results)).toEqual([
      'failed 5.4.6 mail forwarding loop for ann@d',
      'delivered 2.0.0 delivered via mine service',
    ])
  })

  test('an address is never an option', async () => {
    const results = await pipe({ argv: [program('option', 'exit 0'), '$recipient'] }, request('a', ['-oQ/tmp@d']))
    expect(told(results)).toEqual(['failed 5.1.3 the address begins with a dash'])
  })

  test('too big for a program', async () => {
    const results = await pipe(
      { argv: [program('small', 'exit 0')], limits: { message: 10 } },
      request('x'.repeat(11), ['a@d']),
    )
    expect(told(results)).toEqual(['failed 5.2.3 message size exceeds limit'])
  })

  test.each([
    [{ argv: ['cat'] }],
    [{ argv: [] }],
    [{ argv: ['/bin/cat', '$recipent'] }],
    [{ argv: ['/bin/cat'], flags: 'Z' }],
  ])('%j is refused at start', (options) => {
    expect(() => createPipeAgent({ name: 'x', clock: systemClock, ...options })).toThrow(HostError)
  })
})

test('[I1] a command of a user gets the environment of local(8)', async () => {
  const out = join(folder, 'local')
  const agent = createCommandAgent({
    argv: [program('local-env', `/usr/bin/env > ${out}; cat >> ${out}`)],
    userOf: (address) =>
      Promise.resolve(
        address.startsWith('ann') ? { kind: 'found', user: { name: 'ann', home: folder } } : { kind: 'unknownUser' },
      ),
    clock: systemClock,
  })
  const given = request('Subject: x\r\n\r\n', ['ann+lists@d.example', 'zoe@d.example'], {
    originalTo: 'staff@d.example',
  })
  const { results } = await agent.deliver(given, signal)
  expect(told(results)).toEqual([
    expect.stringMatching(/^delivered 2\.0\.0 delivered to command: /),
    'failed 5.1.1 unknown user: "zoe"',
  ])
  const text = readFileSync(out, 'utf8')
  for (const line of [
    'RECIPIENT=ann+lists@d.example',
    'ORIGINAL_RECIPIENT=staff@d.example',
    'SENDER=Jo@x.example',
    'USER=ann',
    'LOGNAME=ann',
    `HOME=${folder}`,
    'LOCAL=ann+lists',
    'EXTENSION=lists',
    'DOMAIN=d.example',
    'CLIENT_ADDRESS=192.0.2.1',
    'CLIENT_HELO=there',
    'CLIENT_PROTOCOL=ESMTPA',
    'SASL_METHOD=PLAIN',
    'SASL_USERNAME=jo',
  ]) {
    expect(text).toContain(`${line}\n`)
  }
  expect(text).toMatch(
    /\nFrom Jo@x\.example .*\nReturn-Path: <Jo@x\.example>\nX-Original-To: staff@d\.example\nDelivered-To: ann\+lists@d\.example\nSubject: x\n\n$/,
  )
})
