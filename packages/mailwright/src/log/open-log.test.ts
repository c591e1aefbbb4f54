import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LogOptions, openLog } from './open-log.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailwright-log-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** What a log holds after two events of different weight. */
async function written(options: LogOptions): Promise<string[]> {
  const file = join(folder, 'deep', 'log')
  const log = await openLog({ ...options, file })
  log.logger.info({ id: 'A' }, 'removed')
  log.logger.warn(
    { service: 'smtp', session: '1', rip: '10.0.2.2', method: 'PLAIN', reason: 'rejected' },
    'loginFailed',
  )
  await log.close()
  return (await readFile(file, 'utf8')).split('\n').slice(0, -1)
}

describe('logs', () => {
  test('one JSON object a line', async () => {
    const [removed] = await written({})
    expect(JSON.parse(removed ?? '')).toMatchObject({ id: 'A', msg: 'removed' })
  })

  test('[J5] Postfix’s lines, with the stamp that syslog writes', async () => {
    const lines = await written({ dialect: 'postfix' })
    expect(lines).toEqual([
      expect.stringMatching(/^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [^ .]+ postfix\/qmgr\[\d+\]: A: removed$/),
      expect.stringMatching(
        / postfix\/smtpd\[\d+\]: warning: unknown\[10\.0\.2\.2\]: SASL PLAIN authentication failed/,
      ),
    ])
  })

  test('[J5] another name, and stamps with year and zone; what is not of weight is left out', async () => {
    const lines = await written({
      dialect: 'postfix',
      syslogName: 'postfix/smtps',
      timestamps: 'rfc3339',
      level: 'warn',
    })
    expect(lines).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d [^ ]+ postfix\/smtps\/smtpd\[\d+\]: warning: /),
    ])
  })

  test('silence', async () => {
    expect(await written({ dialect: 'postfix', level: 'silent' })).toEqual([])
    expect(await written({ level: 'silent' })).toEqual([])
  })
})
