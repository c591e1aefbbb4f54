import { open } from 'node:fs/promises'
import type { QueuedMessage, QueuedRecipient } from '@mailwright/core'
import { type Disk, FILE_MODE, readText } from '../disk.js'

/** What changes of a message: how its recipients fare, and whether it is on hold. */
export interface MessageState {
  readonly recipients: readonly QueuedRecipient[]
  readonly isHeld: boolean
}

/** One line: what changed since the line before. Recipients by their positions. */
interface StateLine {
  readonly recipients: { readonly [position: string]: Pick<QueuedRecipient, 'state' | 'attempts' | 'isDelayReported'> }
  readonly isHeld: boolean
}

/** Adds what differs between two states as one line, on the medium when it resolves. @returns whether the file is new. */
export async function appendState(
  disk: Disk,
  path: string,
  before: QueuedMessage,
  after: QueuedMessage,
): Promise<boolean> {
  const recipients: { [position: string]: StateLine['recipients'][string] } = {}
  for (const [position, recipient] of after.recipients.entries()) {
    if (recipient === before.recipients[position]) continue
    const { state, attempts, isDelayReported } = recipient
    recipients[position] = { state, attempts, isDelayReported }
  }
  const line: StateLine = { recipients, isHeld: after.isHeld }
  const file = await open(path, 'a', FILE_MODE)
  try {
    const { size } = await file.stat()
    // A line that was torn by a crash must not swallow this one.
    await file.writeFile(`\n${JSON.stringify(line)}\n`)
    await disk.sync(file)
    return size === 0
  } finally {
    await file.close()
  }
}

/** There is nothing to write down. */
export function isSame(before: MessageState, after: MessageState): boolean {
  return before.isHeld === after.isHeld && after.recipients.every((each, at) => each === before.recipients[at])
}

/** Applies the lines of a state file; torn ones say nothing. */
export async function readState(path: string, fresh: MessageState): Promise<MessageState> {
  const recipients = [...fresh.recipients]
  let { isHeld } = fresh
  for (const text of (await readText(path))?.split('\n') ?? []) {
    const line = parseLine(text)
    if (line === undefined) continue
    isHeld = line.isHeld
    for (const [position, changed] of Object.entries(line.recipients)) {
      const recipient = recipients[Number(position)]
      if (recipient !== undefined) recipients[Number(position)] = { ...recipient, ...changed }
    }
  }
  return { recipients, isHeld }
}

function parseLine(text: string): StateLine | undefined {
  if (text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    const isLine = typeof value === 'object' && value !== null && 'recipients' in value && 'isHeld' in value
    return isLine ? (value as StateLine) : undefined
  } catch {
    return undefined
  }
}
