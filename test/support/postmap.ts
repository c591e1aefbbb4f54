import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { systemClock } from '@mailwright/core/node'
import { TableFiles } from '@mailwright/relay/node'

const run = promisify(execFile)

/** A folder of tables, and who answers for them: Debian's Postfix, and we. */
export class Tables {
  readonly folder = mkdtempSync(join(tmpdir(), 'mailwright-tables-'))

  constructor() {
    this.write('main.cf', 'compatibility_level = 3.6\nmyhostname = host.example\n')
  }

  /** @returns the file's path. */
  write(name: string, text: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, text)
    return path
  }

  /** Asks Postfix's own program, all keys at once; those that are not found have no answer. */
  async postfix(
    program: 'postmap' | 'postalias',
    table: string,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const child = run(`/usr/sbin/${program}`, ['-c', this.folder, '-q', '-', table], { maxBuffer: 1 << 26 })
    child.child.stdin?.end(keys.map((key) => `${key}\n`).join(''))
    // Exit 1: nothing was found.
    const { stdout } = await child.catch((error: { stdout: string; code: number; stderr: string }) => {
      if (error.code !== 1 || error.stderr.includes('fatal')) throw error
      return error
    })
    const separator = program === 'postalias' ? ':\t' : '\t'
    const lines = stdout.split('\n').filter((line) => line !== '')
    return new Map(
      lines.map((line) => {
        const at = line.indexOf(separator)
        return [line.slice(0, at), line.slice(at + separator.length)]
      }),
    )
  }

  /** Lets postalias(1) or postmap(1) make its database; a text with faults gives warnings only. */
  async build(program: 'postmap' | 'postalias', path: string): Promise<void> {
    await run(`/usr/sbin/${program}`, ['-c', this.folder, `hash:${path}`])
  }

  async ours(table: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const tables = new TableFiles({ clock: systemClock, folder: this.folder })
    const answers = new Map<string, string>()
    for (const key of keys) {
      const answer = await tables.lookup({ table, key }, new AbortController().signal)
      if (answer.kind === 'tryAgain') throw new Error(answer.reason)
      if (answer.kind === 'found') answers.set(key, answer.value)
    }
    return answers
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
