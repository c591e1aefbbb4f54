import { readFile } from 'node:fs/promises'
import type { CommandUser } from './command-agent.js'

/** A user of this machine, as passwd(5) has him. */
export interface SystemUser extends CommandUser {
  readonly as: { readonly uid: number; readonly gid: number }
}

/**
 * Looks for a user of this machine. Never root: mail must not do what root may, and local(8) has somebody else for him, too.
 *
 *     line = name ":" password ":" UID ":" GID ":" GECOS ":" directory ":" shell
 *
 * passwd(5). Read each time: users come and go.
 *
 * @returns `undefined` for who is none, and for root.
 * @throws when the file cannot be read.
 */
export async function findSystemUser(name: string, path = '/etc/passwd'): Promise<SystemUser | undefined> {
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    const [user, , uid = '', gid = '', , home = '', shell = ''] = line.split(':')
    if (user !== name || name === '') continue
    if (!/^[1-9]\d*$/.test(uid) || !/^[1-9]\d*$/.test(gid) || !home.startsWith('/')) return undefined
    return { name, home, ...(shell === '' ? {} : { shell }), as: { uid: Number(uid), gid: Number(gid) } }
  }
  return undefined
}
