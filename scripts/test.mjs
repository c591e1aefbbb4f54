import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installMissingPackages, LONG_PROGRAMS, PROGRAMS } from './debian-packages.mjs'
import { bin, root } from './install.mjs'

/**
 * `npm test`: everything that must hold, from a fresh clone: installs what is missing, builds, lints, checks types and
 * rules, runs the tests. Steps that do not need each other's results all run, so that one run shows every failure.
 *
 *     --long           the tests that take minutes, instead of unit and interop
 *     --only <step>    this step only (with what it stands on: packages, programs and build for tests)
 */
const { values: options } = parseArgs({
  options: { long: { type: 'boolean', default: false }, only: { type: 'string' } },
})

const node = (script, ...args) => [process.execPath, join(root, 'scripts', script), ...args]
const INSTALL = [
  process.execPath,
  '--input-type=module',
  '--eval',
  "import { installPackages } from './scripts/install.mjs'; installPackages()",
]
const tests = (...projects) => [bin('vitest'), 'run', ...projects.flatMap((name) => ['--project', name])]

/** What `npm test` does for seconds, for minutes; and what it does not do, because it needs programs of its own. */
const LONG = [
  'test/interop/crash.test.ts',
  'test/interop/queue-crash.test.ts',
  'test/differential/differential.test.ts',
  'packages/imap/test/model/model.test.ts',
  'test/long/',
]
const ROUNDS = {
  MAILWRIGHT_CRASH_ROUNDS: '30',
  MAILWRIGHT_QUEUE_KILLS: '60',
  MAILWRIGHT_DIFFERENTIAL_SEEDS: '3',
  MAILWRIGHT_MODEL_RUNS: '4000',
}
const long = () => spawned([...tests('unit', 'interop', 'long'), ...LONG], ROUNDS)
const programs = options.long ? [...PROGRAMS, ...LONG_PROGRAMS] : PROGRAMS

/** `isGround`: without it nothing else can be judged. */
const STEPS = [
  { name: 'packages', isGround: true, run: () => spawned(INSTALL) },
  { name: 'programs', isGround: true, run: async () => installMissingPackages(programs) },
  { name: 'build', isGround: true, run: () => spawned(node('build.mjs')) },
  { name: 'lint', run: () => spawned([bin('biome'), 'ci', '--colors=off', '.']) },
  { name: 'unused', run: () => spawned([bin('knip'), '--no-progress', '--no-config-hints']) },
  { name: 'types', run: () => spawned([bin('tsc'), '-p', 'tsconfig.json']) },
  { name: 'checks', run: () => spawned(node('check.mjs')) },
  { name: 'unit', isChoice: true, run: () => spawned(tests('unit')) },
  { name: 'interop', isChoice: true, run: () => spawned(tests('interop')) },
  { name: 'tests', run: () => (options.long ? long() : spawned(tests('unit', 'interop'))) },
]

const chosen = STEPS.filter(({ name, isGround, isChoice }) =>
  options.only === undefined ? isChoice !== true : isGround === true || name === options.only,
)
if (options.only !== undefined && !STEPS.some(({ name }) => name === options.only)) {
  fail(`there is no step ${options.only}; there are ${STEPS.map(({ name }) => name).join(', ')}`)
}

const results = []
for (const { name, isGround, run } of chosen) {
  console.log(`\n── ${name}`)
  const begin = performance.now()
  const problem = await run().catch((error) => String(error))
  results.push({ name, problem, seconds: (performance.now() - begin) / 1000 })
  if (problem === undefined) continue
  console.error(`${name}: ${problem}`)
  if (isGround) break
}

const failed = results.filter(({ problem }) => problem !== undefined)
const shown = results.map(
  ({ name, problem, seconds }) => `${name} ${problem === undefined ? 'ok' : 'FAILED'} ${seconds.toFixed(1)} s`,
)
console.log(`\n${shown.join(' · ')}`)
if (failed.length > 0) fail(`failed: ${failed.map(({ name }) => name).join(', ')}`)

/** Runs a program with its output shown. @returns what went wrong, in a few words. */
function spawned([command, ...args], variables = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...variables } })
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `exit ${code ?? signal}`))
  })
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
