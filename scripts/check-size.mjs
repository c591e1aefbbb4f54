import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { report, sources } from './sources.mjs'

/** The fat connection file is this field's classic failure. */
const MOST_LINES = 600
const SCRIPT_LINES = 80
const EXAMPLE_LINES = 80

/** Source files, checks and examples that are longer than they may be. */
export function checkSize(root) {
  const problems = []
  for (const file of sources(root, { tests: true })) {
    const lines = count(file.text)
    if (lines > MOST_LINES)
      problems.push(`packages/${file.package}/src/${file.path}: ${lines} lines, at most ${MOST_LINES}`)
  }
  for (const [folder, most, pattern] of [
    ['scripts', SCRIPT_LINES, /^check-[^/]*\.mjs$/],
    ['examples', EXAMPLE_LINES, /\.(ts|mjs)$/],
  ]) {
    for (const name of list(join(root, folder))) {
      if (!pattern.test(name)) continue
      const lines = count(readFileSync(join(root, folder, name), 'utf8'))
      if (lines > most) problems.push(`${folder}/${name}: ${lines} lines, at most ${most}`)
    }
  }
  return problems
}

function count(text) {
  return text.split('\n').length - 1
}

function list(folder) {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) report('check-size', checkSize(process.cwd()))
