import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The source files of every package below `root`, tests left out: `{ package, path, text }`, path from the package's `src`. */
export function sources(root, { tests = false } = {}) {
  const packages = join(root, 'packages')
  return readdirSync(packages).flatMap((name) => {
    const folder = join(packages, name, 'src')
    if (!existsSync(folder)) return []
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && (tests || !path.endsWith('.test.ts')))
      .sort()
      .map((path) => ({ package: name, path, text: readFileSync(join(folder, path), 'utf8') }))
  })
}

/** The text with comments blanked and the insides of strings and templates kept: lines keep their numbers. */
export function withoutComments(text) {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
  return text.replace(token, (found) => (/^\/[/*]/.test(found) ? found.replace(/[^\n]/g, ' ') : found))
}

/** The text with comments and the insides of quoted strings blanked. */
export function codeOnly(text) {
  return withoutComments(text).replace(
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g,
    (found) => found[0] + ' '.repeat(found.length - 2) + found[0],
  )
}

/** The number of the line in which the character at `index` stands. */
export function lineAt(text, index) {
  return text.slice(0, index).split('\n').length
}

/** Runs a check as a command: prints what it found and exits 1, or says that all is well. */
export function report(name, problems) {
  for (const problem of problems) console.error(`${name}: ${problem}`)
  if (problems.length > 0) process.exit(1)
  console.log(`${name}: ok`)
}
