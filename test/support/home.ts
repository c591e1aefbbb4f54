import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Finished, type RunOptions, run } from './run.js'

/** The home of somebody who reads mail: programs run there find no other configuration than what a test put there. */
export class Home {
  readonly folder = mkdtempSync(join(tmpdir(), 'mailwright-home-'))

  /** What a program run here may know of this machine. */
  get environment(): NodeJS.ProcessEnv {
    const { PATH } = process.env
    return { PATH, HOME: this.folder, LANG: 'C.UTF-8', TERM: 'xterm', TMPDIR: this.folder }
  }

  /** The path of something here. */
  path(...names: readonly string[]): string {
    return join(this.folder, ...names)
  }

  run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return run(command, args, { env: this.environment, cwd: this.folder, ...options })
  }

  /** Writes a program's configuration, which holds a password. @returns its path. */
  configuration(name: string, lines: readonly string[]): string {
    const path = this.path(name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 })
    return path
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
