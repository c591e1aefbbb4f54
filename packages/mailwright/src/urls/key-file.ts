import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { UrlAuthority } from '@mailwright/core'
import { SetupError, systemCode } from '../setup-error.js'
import { type AccountKeys, type KeyState, KeyTable, newKeys } from './key-table.js'

/**
 * Keys for authorised URLs, kept in a file that only this user reads; made with a new secret where there is none. One process at a time.
 *
 * @throws {SetupError} naming the file and what is wrong with it.
 */
export async function openUrlAuthority(file: string): Promise<UrlAuthority> {
  let state: KeyState
  try {
    state = readKeys(file, await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof SetupError) throw error
    if (systemCode(error) !== 'ENOENT') throw unusable(file, error)
    state = newKeys()
    try {
      await writeDurably(file, state)
    } catch (cause) {
      throw unusable(file, cause)
    }
  }
  return new KeyTable(
    state,
    inTurn((next) => writeDurably(file, next)),
  )
}

function unusable(file: string, cause: unknown): SetupError {
  return new SetupError(`${file} cannot be used for the keys of URLs (${systemCode(cause)})`, { cause })
}

/** One write at a time; states that wait meanwhile are written as one, the latest. */
function inTurn(write: (state: KeyState) => Promise<void>): (state: KeyState) => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let waiting: { state: KeyState; readonly written: Promise<void> } | null = null
  return (state) => {
    if (waiting !== null) {
      waiting.state = state
      return waiting.written
    }
    const written = running
      .catch(() => {})
      .then(() => {
        const latest = waiting?.state ?? state
        waiting = null
        return write(latest)
      })
    waiting = { state, written }
    running = written
    return written
  }
}

/** Never half there: written beside the file, safe on the medium, then renamed. */
async function writeDurably(file: string, state: KeyState): Promise<void> {
  const temporary = `${file}.new`
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(state)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function readKeys(file: string, source: string): KeyState {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (cause) {
    throw new SetupError(`${file} holds no keys of URLs`, { cause })
  }
  if (isKeyState(value)) return value
  throw new SetupError(`${file} holds no keys of URLs`)
}

function isKeyState(value: unknown): value is KeyState {
  if (typeof value !== 'object' || value === null || !('secret' in value) || !('accounts' in value)) return false
  const { secret, accounts } = value
  const isSecret = typeof secret === 'string' && Buffer.from(secret, 'base64').length >= 32
  return isSecret && Array.isArray(accounts) && accounts.every(isAccountKeys)
}

function isAccountKeys(value: unknown): value is AccountKeys {
  if (typeof value !== 'object' || value === null) return false
  if (!('account' in value) || !('all' in value) || !('mailboxes' in value)) return false
  const { account, all, mailboxes } = value
  if (typeof account !== 'string' || typeof all !== 'number' || !Array.isArray(mailboxes)) return false
  return mailboxes.every(
    (each: unknown) => Array.isArray(each) && typeof each[0] === 'string' && typeof each[1] === 'number',
  )
}
