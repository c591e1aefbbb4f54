import { pathToFileURL } from 'node:url'
import { lineAt, report, sources, withoutComments } from './sources.mjs'

/** Which packages each may import: the direction in which the workspace depends. */
const MAY_IMPORT = {
  core: [],
  message: ['core'],
  smtp: ['core'],
  imap: ['core', 'message'],
  pop3: ['core'],
  sieve: ['core', 'message'],
  relay: ['core', 'message', 'smtp'],
  auth: ['core'],
  'store-memory': ['core', 'message'],
  'store-maildir': ['core', 'message'],
  'store-mbox': ['core', 'message'],
  'store-postgres': ['core', 'message'],
  redis: ['core'],
  compliance: ['core'],
  testing: ['core', 'message', 'smtp', 'imap', 'pop3', 'relay', 'auth', 'store-memory', 'store-maildir', 'mailwright'],
  mailwright: ['core', 'message', 'smtp', 'imap', 'pop3', 'sieve', 'relay', 'auth', 'store-memory', 'store-maildir'],
}

/** Imports that go against the direction, leave their package by a relative path, or reach into another's files. */
export function checkImports(root) {
  const problems = []
  for (const file of sources(root)) {
    const allowed = MAY_IMPORT[file.package]
    if (allowed === undefined) {
      problems.push(`packages/${file.package}: not in the table of who may import whom`)
      continue
    }
    const code = withoutComments(file.text)
    for (const found of code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)) {
      const [, target] = found
      const where = `packages/${file.package}/src/${file.path}:${lineAt(code, found.index)}`
      const name = target === 'mailwright' ? 'mailwright' : /^@mailwright\/([^/]+)/.exec(target)?.[1]
      if (name !== undefined && name !== file.package && !allowed.includes(name)) {
        problems.push(`${where}: ${file.package} may not import ${name}`)
      }
      if (name === file.package) problems.push(`${where}: a package imports its own files by relative paths`)
      const deep = /^@mailwright\/[^/]+\/(.+)$/.exec(target)?.[1]
      if (deep !== undefined && !((name === 'core' || name === 'relay') && (deep === 'driver' || deep === 'node'))) {
        problems.push(`${where}: ${target} reaches into another package`)
      }
      const ups = target.match(/\.\.\//g)?.length ?? 0
      if (ups > file.path.split('/').length - 1) problems.push(`${where}: ${target} leaves the package`)
    }
  }
  return problems
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) report('check-imports', checkImports(process.cwd()))
