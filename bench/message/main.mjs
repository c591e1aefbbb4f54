import { existsSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { corpus } from './corpus.mjs'

/** `npm run bench:message`: our digest beside other parsers, in one process, on the same mail. `bench/README.md` explains. */
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    reps: { type: 'string', default: '3' },
    only: { type: 'string' },
    check: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})

/** What must hold in one run: how many times the MB/s of a peer ours are. */
const BARS = [
  { set: 'mixed', peer: 'mailparser', factor: 10 },
  { set: 'mixed', peer: 'mailsplit', factor: 2.5 },
  { set: 'small', peer: 'mailsplit', factor: 1.5 },
]
const OURS = 'mailwright'
const SMALL_OCTETS = 30 * 1024
/** Messages that each parser reads before it is measured. */
const WARM_UP = 200

if (!existsSync(new URL('../../packages/message/dist', import.meta.url)))
  fail('nothing is built yet: run npm run build')
const count = whole('messages')
const reps = whole('reps')
const { PARSERS, python } = await import('./parsers.mjs')
const chosen = PARSERS.filter(({ name }) => values.only === undefined || new RegExp(values.only, 'i').test(name))

const mixed = corpus({ count, seed: whole('seed') })
const sets = [
  { name: 'mixed', title: 'mixed corpus', messages: mixed },
  {
    name: 'small',
    title: 'of it messages up to 30 KB',
    messages: mixed.filter(({ length }) => length <= SMALL_OCTETS),
  },
]
console.log(
  `Node ${process.version}, ${cpus().length} CPUs (${cpus()[0]?.model}); seed ${values.seed}, median of ${reps}`,
)

const results = []
for (const set of sets) {
  const octets = set.messages.reduce((sum, { length }) => sum + length, 0)
  const figures = new Map(chosen.map(({ name }) => [name, []]))
  for (const { parse } of chosen) for (const message of set.messages.slice(0, WARM_UP)) await parse(message)
  // In turns, so that a busy moment of the machine meets all of them.
  for (let rep = 0; rep < reps; rep++) {
    for (const { name, parse } of chosen) figures.get(name).push(await seconds(parse, set.messages))
  }
  if (values.only === undefined || /python/i.test(values.only)) {
    const taken = await python(set.messages)
    if (taken !== null) figures.set('python email', [taken])
  }
  report(set, octets, figures)
}
if (values.json === '-') console.log(JSON.stringify(results, null, 2))
else if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
const missed = bars()
process.exitCode = values.check && missed > 0 ? 1 : 0

async function seconds(parse, messages) {
  const start = performance.now()
  for (const message of messages) await parse(message)
  return (performance.now() - start) / 1_000
}

function report({ name: set, title, messages }, octets, figures) {
  console.log(`\n${title}: ${messages.length} messages, ${(octets / 1e6).toFixed(0)} MB`)
  const ours = figures.has(OURS) ? median(figures.get(OURS)) : null
  console.log(`  ${'parser'.padEnd(16)}${'MB/s'.padStart(9)}${'messages/s'.padStart(13)}${'ours is'.padStart(10)}`)
  for (const [parser, all] of figures) {
    const taken = median(all)
    const megabytes = octets / 1e6 / taken
    const rate = messages.length / taken
    const factor = ours === null ? null : taken / ours
    results.push({ set, parser, megabytesPerSecond: megabytes, messagesPerSecond: rate, seconds: all, factor })
    const times = factor === null || parser === OURS ? '' : `${factor.toFixed(1)}×`
    console.log(
      `  ${parser.padEnd(16)}${megabytes.toFixed(1).padStart(9)}${rate.toFixed(0).padStart(13)}${times.padStart(10)}`,
    )
  }
}

/** Prints the bars; returns how many are missed. One whose parsers were not measured is neither held nor missed. */
function bars() {
  let missed = 0
  console.log()
  for (const { set, peer, factor } of BARS) {
    const result = results.find((each) => each.set === set && each.parser === peer)
    if (result === undefined || result.factor === null) continue
    const isHeld = result.factor >= factor
    if (!isHeld) missed++
    console.log(`${isHeld ? 'held' : 'MISSED'}: ${set}, ${factor}× ${peer}: ${result.factor.toFixed(1)}×`)
  }
  return missed
}

function median(all) {
  const sorted = [...all].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)]
}

function whole(name) {
  const number = Number(values[name])
  if (!Number.isSafeInteger(number) || number < 1) fail(`--${name} wants a whole number from 1 on`)
  return number
}

function fail(message) {
  console.error(message)
  process.exit(2)
}
