import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { empty, hasSource, measure } from './load.mjs'
import { hasPostfix, Postfix } from './postfix.mjs'
import { SCENARIOS } from './scenarios.mjs'
import { Mailwright, SmtpServer } from './servers.mjs'

/** `npm run bench:smtp`: our server, Debian's Postfix and npm smtp-server in the same run. `bench/README.md` explains. */
const ALL = ['mailwright', 'mailwright-queue', 'postfix', 'smtp-server']
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    scale: { type: 'string', default: '1' },
    only: { type: 'string' },
    servers: { type: 'string', default: ALL.join() },
    log: { type: 'string', default: 'warn' },
    check: { type: 'boolean', default: false },
    json: { type: 'string' },
    'cpu-prof': { type: 'string' },
  },
})
const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1) fail('--rounds is a whole number from 1')
const scale = Number(values.scale)
if (!(scale > 0)) fail('--scale is a number above 0')
const chosen = SCENARIOS.filter(({ name }) => values.only === undefined || new RegExp(values.only, 'i').test(name))
const names = values.servers.split(',')
for (const name of names) if (!ALL.includes(name)) fail(`there is no server ${name}; there are ${ALL.join(', ')}`)
if (!existsSync(new URL('../../packages/mailwright/dist', import.meta.url)))
  fail('nothing is built yet: run npm run build')
if (!hasSource()) fail('smtp-source is not here: install postfix')
if (names.includes('postfix') && !hasPostfix())
  fail('Postfix cannot be run here: install postfix, be root, or choose --servers')

const folder = mkdtempSync(join(tmpdir(), 'mailwright-bench-'))
// Postfix runs as other users.
chmodSync(folder, 0o755)
const servers = names.map((name) => make(name, join(folder, name)))
let isOver = false
process.once('SIGINT', () => void end(130))
process.once('SIGTERM', () => void end(143))

try {
  for (const server of servers) {
    await server.start()
    // Code that has run is compiled, and processes that were needed are there.
    await measure(server, { messages: Math.ceil(400 * Math.min(1, scale)), size: 1_000, connections: 20 })
  }
  console.log(
    `medians of ${rounds} rounds in turns; Node ${process.version}, ${cpus().length} CPUs; ms of CPU for a message`,
  )
  const results = []
  for (const scenario of chosen) results.push(await taken(scenario))
  const missed = results.flatMap(({ bars }) => bars).filter(({ isMet }) => !isMet)
  if (values.json !== undefined) {
    const json = JSON.stringify(
      { at: new Date().toISOString(), node: process.version, cpus: cpus().length, rounds, scale, results },
      null,
      2,
    )
    if (values.json === '-') console.log(json)
    else writeFileSync(values.json, `${json}\n`)
  }
  if (values.check && missed.length > 0) console.log(`\nbelow the bar: ${missed.length}`)
  await end(values.check && missed.length > 0 ? 1 : 0)
} catch (error) {
  console.error(error)
  await end(1)
}

/** One scenario: rounds in which each server has its turn, none always the first. */
async function taken(scenario) {
  const messages = Math.max(scenario.connections, Math.round(scenario.messages * scale))
  const figures = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const at = round % servers.length
    for (const server of [...servers.slice(at), ...servers.slice(0, at)]) {
      figures[server.name].push(await measure(server, { ...scenario, messages }))
    }
  }
  for (const server of servers) empty(server)
  console.log(`\n${scenario.name} (${messages} messages)`)
  const medians = {}
  for (const name of names) {
    const of = (figure) => median(figures[name].map((one) => one[figure]))
    medians[name] = { accepted: of('accepted'), delivered: of('delivered'), cpu: of('cpu') }
    const { accepted, delivered, cpu } = medians[name]
    console.log(`  ${name.padEnd(17)} ${rate(delivered)} delivered, ${rate(accepted)} accepted, CPU ${cpu.toFixed(3)}`)
  }
  const ours = names.filter((name) => name.startsWith('mailwright'))
  for (const one of ours) {
    for (const peer of names.filter((name) => !ours.includes(name))) {
      const of = (figure) => ratio(figures, one, peer, figure).toFixed(2)
      console.log(`  ${one} / ${peer}: ${of('delivered')}× the messages, ${of('cpu')}× the CPU`)
    }
  }
  const bars = scenario.bars
    .filter((bar) => names.includes(bar.ours) && names.includes(bar.peer))
    .map((bar) => {
      const is = ratio(figures, bar.ours, bar.peer, bar.figure)
      return { ...bar, is, isMet: bar.atLeast === undefined ? is <= bar.atMost : is >= bar.atLeast }
    })
  for (const { ours: one, peer, figure, atLeast, atMost, is, isMet } of bars) {
    const wanted = atLeast === undefined ? `at most ${atMost}×` : `at least ${atLeast}×`
    console.log(`  ${isMet ? 'met  ' : 'BELOW'} ${one}: ${figure} ${is.toFixed(2)}× ${peer}'s, ${wanted} is the bar`)
  }
  return { name: scenario.name, messages, figures, medians, bars }
}

/** The median of what each round says: what disturbs the machine for a while disturbs both. */
function ratio(figures, ours, peer, figure) {
  return median(figures[ours].map((one, round) => one[figure] / figures[peer][round][figure]))
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

function rate(perSecond) {
  return `${perSecond.toFixed(perSecond < 100 ? 1 : 0)}/s`.padStart(8)
}

function make(name, path) {
  if (name === 'postfix') return new Postfix(path)
  if (name === 'smtp-server') return new SmtpServer(path)
  const localMail = name === 'mailwright-queue' ? 'queued' : 'atOnce'
  return new Mailwright(path, { name, localMail, profile: values['cpu-prof'], log: values.log })
}

async function end(code) {
  if (isOver) return
  isOver = true
  await Promise.all(servers.map((server) => server.stop()))
  // Postfix's daemons end a moment after their master, and may still write.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  process.exit(code)
}

function fail(message) {
  console.error(message)
  process.exit(2)
}
