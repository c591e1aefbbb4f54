import { FILE_KINDS, parseDestinations, parseTableName } from '@mailwright/relay'
import { warn } from './lookup.js'
import { readTable } from './postmap.js'
import { readRelayingSite } from './site-queue.js'

/** Exit code when a line of an alias file makes no sense. */
const PROBLEM_EXIT = 1

/**
 * `newaliases`: looks whether the site's alias files are right, and says of each how many there are, as sendmail does. Aliases are read from their texts,
 * so there is nothing to make. What this site leaves out of lists is told, and is no fault.
 *
 * @throws {SetupError} for a file that cannot be read.
 */
export async function newAliases(config: string): Promise<void> {
  const { relay } = await readRelayingSite(config)
  const names = (relay.aliasMaps ?? []).filter((name) => Object.hasOwn(FILE_KINDS, parseTableName(name)?.kind ?? ''))
  const { aliasesMay = [] } = relay
  for (const name of names) {
    const { table, problems, path } = await readTable(name)
    for (const { line, message } of problems) warn('newaliases', path, line, message)
    if (problems.length > 0) process.exitCode = PROBLEM_EXIT
    // Patterns are not counted.
    if (table.entries === undefined) continue
    const entries = [...table.entries()]
    for (const [key, value] of entries) {
      for (const { kind } of parseDestinations(value)) {
        if (kind === 'address' || kind === 'user' || aliasesMay.includes(kind)) continue
        process.stderr.write(`newaliases: warning: ${path}: ${key}: mail to ${kind} is restricted, and is left out\n`)
      }
    }
    const sizes = entries.map(([key, value]) => Buffer.byteLength(key) + Buffer.byteLength(value))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    process.stdout.write(
      `${path}: ${entries.length} aliases, longest ${Math.max(0, ...entries.map(([, value]) => Buffer.byteLength(value)))} bytes, ${total} bytes total\n`,
    )
  }
  if (names.length === 0) process.stdout.write('This site has no alias files.\n')
}
