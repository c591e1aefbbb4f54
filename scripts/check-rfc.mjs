import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { lineAt, report, sources } from './sources.mjs'

/** As every source must be cited: `RFC 9051 §6.3.12`; further sections of the same RFC as `, §7.1`. */
const CITATION = /\bRFC (\d{1,5})((?:,? §[\dA-Z](?:[\w.]*\w)?)*)/g
/** Ways of citing that the table would not find. */
const SLOPPY = /\bRFC(?!822)[-#]?\d{3,5}\b|\brfc \d{3,5}\b|\bRFC \d{1,5},? (?:[Ss]ection|[Ss]ec\.)/g
const TABLE = 'docs/rfc-coverage.md'

/** Every citation in the sources: RFC number → section → files. */
function citations(root) {
  const found = new Map()
  for (const file of sources(root)) {
    for (const [, rfc, sections] of file.text.matchAll(CITATION)) {
      const bySection = found.get(Number(rfc)) ?? new Map()
      found.set(Number(rfc), bySection)
      for (const section of sections.match(/[\dA-Z](?:[\w.]*\w)?/g) ?? ['']) {
        const files = bySection.get(section) ?? new Set()
        bySection.set(section, files.add(`${file.package}/${file.path}`))
      }
    }
  }
  return found
}

/** The table of what the sources cite, as Markdown. */
export function coverage(root) {
  const lines = [
    '# RFC coverage',
    '',
    'Made by `node scripts/check-rfc.mjs --write` from the citations in the sources.',
    '',
  ]
  for (const [rfc, bySection] of [...citations(root)].sort(([a], [b]) => a - b)) {
    lines.push(`## RFC ${rfc}`, '', '| section | sources |', '|---|---|')
    const sorted = [...bySection].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    for (const [section, files] of sorted)
      lines.push(`| ${section === '' ? '–' : `§${section}`} | ${[...files].sort().join(', ')} |`)
    lines.push('')
  }
  return lines.join('\n')
}

/** Citations in a form that the table would miss, and a table that is not that of the sources. */
export function checkRfc(root) {
  const problems = sources(root).flatMap((file) =>
    [...file.text.matchAll(SLOPPY)].map(
      (found) =>
        `packages/${file.package}/src/${file.path}:${lineAt(file.text, found.index)}: cite as 'RFC 9051 §6.3.12', not '${found[0]}'`,
    ),
  )
  let table = ''
  try {
    table = readFileSync(join(root, TABLE), 'utf8')
  } catch {
    // No table yet: it differs from the sources' one.
  }
  if (table !== coverage(root))
    problems.push(`${TABLE} is not what the sources cite: run node scripts/check-rfc.mjs --write`)
  return problems
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--write')) writeFileSync(TABLE, coverage(process.cwd()))
  report('check-rfc', checkRfc(process.cwd()))
}
