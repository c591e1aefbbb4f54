import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { FOLDER_MODE, unlessMissing } from './disk.js'
import { PARTS, SCRATCH_PREFIX } from './layout.js'
import type { MaildirLimits } from './limits.js'

/** A name in a Maildir's `tmp` for what is not finished, or not needed any more. */
export function scratchName(folder: string, purpose: string): string {
  return join(folder, 'tmp', `${SCRATCH_PREFIX}${purpose}-${randomBytes(8).toString('hex')}`)
}

/** Makes what is missing of a Maildir's three folders. */
export async function ensureParts(folder: string): Promise<void> {
  for (const part of PARTS) await mkdir(join(folder, part), { recursive: true, mode: FOLDER_MODE })
}

/**
 * Removes from a Maildir's `tmp` what a crash left there: everything of ours, and what other programs have not touched
 * for 36 hours, as the Maildir specification says. Not to be called while we work in it.
 */
export async function sweep(folder: string, limits: MaildirLimits): Promise<void> {
  const tmp = join(folder, 'tmp')
  for (const entry of await readdir(tmp, { withFileTypes: true })) {
    const path = join(tmp, entry.name)
    if (entry.name.startsWith(SCRATCH_PREFIX)) await rm(path, { recursive: true, force: true })
    else if (entry.isFile() && (await isOlder(path, limits.temporaryFor))) await unlink(path).catch(unlessMissing)
  }
}

/** By the file system's time, which is real time, whatever clock the host gave. */
async function isOlder(path: string, age: number): Promise<boolean> {
  const facts = await stat(path).catch(unlessMissing)
  return facts !== undefined && Date.now() - Math.max(facts.mtimeMs, facts.atimeMs) > age
}
