import { addUser, listUsers, setPassword } from '@mailwright/auth'
import { readSite } from '../config/site.js'
import { SetupError } from '../setup-error.js'
import { askPassword } from './password-prompt.js'

/** Adds a user to the site's users. @throws {SetupError} when the name exists or may not be one. */
export async function userAdd(config: string, user: string): Promise<void> {
  const path = await usersOf(config)
  const result = await addUser({ path, user, password: await askPassword() })
  switch (result.kind) {
    case 'added':
      process.stdout.write(`${user} added to ${path}\n`)
      return
    case 'exists':
      throw new SetupError(`${user} exists already; mailwright user passwd ${user} changes the password`)
    default:
      throw new SetupError(badInput(user, result))
  }
}

/** Changes a user's password. @throws {SetupError} when there is no such user. */
export async function userPasswd(config: string, user: string): Promise<void> {
  const path = await usersOf(config)
  const result = await setPassword({ path, user, password: await askPassword() })
  switch (result.kind) {
    case 'set':
      process.stdout.write(`the password of ${user} is changed\n`)
      return
    case 'noSuchUser':
      throw new SetupError(`there is no user ${user} in ${path}; mailwright user add ${user} makes one`)
    default:
      throw new SetupError(badInput(user, result))
  }
}

/** Lists the site's users with the scheme of each one's password, a line a user. */
export async function userList(config: string): Promise<void> {
  const path = await usersOf(config)
  for (const { user, scheme } of await listUsers({ path })) process.stdout.write(`${user}\t${scheme ?? '-'}\n`)
}

async function usersOf(config: string): Promise<string> {
  const { auth } = await readSite(config)
  if (auth.kind !== 'passwd-file')
    throw new SetupError('auth.kind: only a passwd-file is written here; a shadow file has its own tools')
  return auth.path
}

function badInput(
  user: string,
  problem: { readonly kind: 'badName' | 'badPassword'; readonly reason: string },
): string {
  return problem.kind === 'badName'
    ? `"${user}" may not be a user's name (${problem.reason})`
    : `this password will not do (${problem.reason})`
}
