import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { newAliases } from './new-aliases.js'
import { postalias, postmap } from './postmap.js'
import { postqueue, postsuper, qshape, queueList } from './queue.js'
import { sendmail } from './sendmail.js'
import { readRelayingSite } from './site-queue.js'

/** Commands by the names that other programs know them by: each gets a site and its own command line. */
const TWINS: { readonly [name: string]: (config: string, args: readonly string[]) => Promise<void> } = {
  sendmail,
  mailq: (config) => queueList(config, 'lines'),
  newaliases: newAliases,
  postalias,
  postmap,
  postqueue,
  postsuper,
  qshape,
}

/** Where a site is looked for by a program that was called by an old name and told no more. */
const DEFAULT_SITE = '/etc/mailwright/site.json'

/**
 * The twin that was called, by a link of its name or as `mailwright twin NAME SITE …`; `undefined` for none.
 *
 * @param argv as `process.argv`.
 */
export function calledTwin(argv: readonly string[]): (() => Promise<void>) | undefined {
  const [, program = '', command, name = '', site = '', ...rest] = argv
  const link = twinNamed(basename(program))
  if (link !== undefined) return () => link(process.env['MAILWRIGHT_SITE'] ?? DEFAULT_SITE, argv.slice(2))
  const twin = command === 'twin' ? twinNamed(name) : undefined
  return twin === undefined ? undefined : () => twin(site, rest)
}

function twinNamed(name: string): ((config: string, args: readonly string[]) => Promise<void>) | undefined {
  return Object.hasOwn(TWINS, name) ? TWINS[name] : undefined
}

/**
 * Makes small programs `sendmail`, `mailq`, … in a folder, which work on this site.
 *
 * @throws {SetupError} when the site has no queue.
 */
export async function makeTwins(config: string, folder: string): Promise<void> {
  await readRelayingSite(config)
  await mkdir(folder, { recursive: true })
  const words = [process.execPath, resolve(process.argv[1] ?? ''), 'twin']
  for (const name of Object.keys(TWINS)) {
    const path = join(folder, name)
    const command = [...words, name, resolve(config)].map(quoted).join(' ')
    await writeFile(path, `#!/bin/sh\nexec ${command} "$@"\n`)
    await chmod(path, 0o755)
    process.stdout.write(`${path}\n`)
  }
}

/** A word of the shell, whatever is in it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
