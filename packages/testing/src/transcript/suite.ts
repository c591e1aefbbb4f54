import { readdirSync, readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Cutting, play, type World } from './play.js'
import { readScript, type Script } from './script.js'

/** What a transcript asks of its world. */
export interface Directives {
  readonly options: { readonly [name: string]: unknown }
  readonly fixture: string | null
  readonly path: string
}

/** The part of a test runner that is needed: vitest's, jest's and node:test's fit. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown
  readonly test: (name: string, body: () => Promise<void>) => unknown
}

/**
 * Registers one test a transcript found below `folder`. Each is played whole, octet by octet, with every chunk cut in two at every place, and
 * pipelined. A failing cutting is named.
 *
 * @throws {Error} when the folder holds no transcript: a suite that checks nothing must not pass.
 */
export function transcriptTests(
  options: TestRunner & {
    readonly folder: URL
    readonly world: (directives: Directives) => World | Promise<World>
  },
): void {
  const root = fileURLToPath(options.folder)
  const paths = transcriptsIn(root)
  if (paths.length === 0) throw new Error(`no transcripts in ${root}`)
  options.describe('transcripts', () => {
    for (const path of paths) {
      const name = relative(root, path).split(sep).join('/')
      const script = readNamed(path, name)
      options.test(`${name}: ${script.title}`, async () => {
        for (const cutting of cuttings(script)) {
          try {
            await play(
              script,
              await options.world({ options: script.options, fixture: script.fixture, path: name }),
              cutting,
            )
          } catch (error) {
            const message = error instanceof Error ? error.message : String(error)
            throw new Error(`${name}, played ${describeCutting(cutting)}\n${message}`, { cause: error })
          }
        }
      })
    }
  })
}

/** Every way a transcript is played. Chunks above 2 KiB are cut at 64 places spread over them. */
export function cuttings(script: Script): readonly Cutting[] {
  if (script.mode === 'whole') return [{ kind: 'whole' }]
  const longest = Math.max(2, ...script.acts.map((act) => (act.act === 'send' ? act.octets.length : 0)))
  const total = script.acts.reduce((sum, act) => sum + (act.act === 'send' ? act.octets.length : 0), 0)
  const step = longest <= 2_048 ? 1 : Math.ceil(longest / 64)
  const every: Cutting[] = [{ kind: 'whole' }]
  // No server answers what it was not asked yet.
  if (script.role === 'server') every.push({ kind: 'pipelined' })
  if (total <= 65_536) every.push({ kind: 'octets' })
  for (let at = 0; at < longest - 1; at += step) every.push({ kind: 'cut', at })
  return every
}

function transcriptsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.transcript'))
    .sort()
    .map((name) => `${folder}${folder.endsWith(sep) ? '' : sep}${name}`)
}

function readNamed(path: string, name: string): Script {
  try {
    return readScript(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function describeCutting(cutting: Cutting): string {
  return cutting.kind === 'cut' ? `with chunks cut at ${cutting.at + 1}` : cutting.kind
}
