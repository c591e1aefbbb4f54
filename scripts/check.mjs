import { checkCapabilities } from './check-capabilities.mjs'
import { checkExtensions } from './check-extensions.mjs'
import { checkImports } from './check-imports.mjs'
import { checkPurity } from './check-purity.mjs'
import { checkRfc } from './check-rfc.mjs'
import { checkSize } from './check-size.mjs'

/** `npm run check`: every check of the sources, all problems at once. */
const root = process.cwd()
const problems = [checkImports, checkPurity, checkSize, checkRfc, checkCapabilities, checkExtensions].flatMap((check) =>
  check(root),
)
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log('imports, purity, sizes, citations, capabilities and extensions: ok')
