import { readFile } from 'node:fs/promises'
import { FILE_KINDS, parseTableName } from '@mailwright/relay'
import { SetupError, systemCode } from '../setup-error.js'
import { readRelayingSite } from './site-queue.js'

/**
 * `newaliases`: aliases are read from their text, so there is nothing to make. It looks whether the text can be read, and says of each line that cannot
 * what is wrong with it.
 *
 * @throws {SetupError} for a file that cannot be read.
 */
export async function newAliases(config: string): Promise<void> {
  const { relay } = await readRelayingSite(config)
  const files = (relay.aliasMaps ?? []).flatMap((name) => parseTableName(name) ?? [])
  if (files.length === 0) process.stdout.write('This site has no alias files.\n')
  for (const { kind, rest: path } of files) {
    const read = FILE_KINDS[kind]
    if (read === undefined) continue
    const { problems } = read(await textOf(path))
    for (const { line, message } of problems) {
      process.stderr.write(`newaliases: warning: ${path}, line ${line}: ${message}\n`)
    }
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new SetupError(`relay.aliasMaps: ${path} cannot be read (${systemCode(cause)})`, { cause })
  }
}
