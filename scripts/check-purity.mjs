import { pathToFileURL } from 'node:url'
import { codeOnly, lineAt, report, sources, withoutComments } from './sources.mjs'

/** Packages whose sources are pure, and the folders in them that are not. */
const PURE = {
  core: ['driver/', 'node/'],
  message: [],
  smtp: [],
  imap: [],
  pop3: [],
  sieve: [],
  relay: ['driver/', 'node/'],
}

/** Time, randomness, promises and the process: inputs of an engine, never its own doing. */
const FORBIDDEN =
  /\b(async|await|setTimeout|setInterval|setImmediate|queueMicrotask|process|Date\.now|Math\.random|new Date\(\)|performance\.now|crypto\.)\b|\bnew Date\(\)/g
const NODE_IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'(node:(?!buffer')[^']+)'/g

/** Words and imports that a pure module must not have. Comments and quoted texts do not count. */
export function checkPurity(root) {
  const problems = []
  for (const file of sources(root)) {
    const exempt = PURE[file.package]
    if (exempt === undefined || exempt.some((folder) => file.path.startsWith(folder))) continue
    const where = (index) => `packages/${file.package}/src/${file.path}:${lineAt(file.text, index)}`
    for (const found of codeOnly(file.text).matchAll(FORBIDDEN))
      problems.push(`${where(found.index)}: '${found[0]}' in a pure module`)
    for (const found of withoutComments(file.text).matchAll(NODE_IMPORT)) {
      problems.push(`${where(found.index)}: import of '${found[1]}' in a pure module`)
    }
  }
  return problems
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) report('check-purity', checkPurity(process.cwd()))
