import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from './client.mjs'
import { writeMaildirs } from './mailbox.mjs'
import { MEASURES, median } from './measures.mjs'
import { Dovecot, hasDovecot, Mailwright } from './servers.mjs'

/** `npm run bench:imap`: our server and Dovecot in the same run, on the same mail. `bench/README.md` explains. */
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    bodies: { type: 'string', default: '5000' },
    appends: { type: 'string', default: '200' },
    connections: { type: 'string', default: '1000' },
    reps: { type: 'string', default: '3' },
    only: { type: 'string' },
    servers: { type: 'string', default: 'mailwright,dovecot' },
    json: { type: 'string' },
    'cpu-prof': { type: 'string' },
  },
})
const options = {
  messages: whole('messages'),
  bodies: whole('bodies'),
  appends: whole('appends'),
  connections: whole('connections'),
  reps: whole('reps'),
}
const chosen = MEASURES.filter(({ name }) => values.only === undefined || new RegExp(values.only, 'i').test(name))
const names = values.servers.split(',')

if (!existsSync(new URL('../../packages/mailwright/dist', import.meta.url)))
  fail('nothing is built yet: run npm run build')
for (const name of names) {
  if (!['mailwright', 'dovecot'].includes(name)) fail(`there is no server ${name}; there are mailwright and dovecot`)
}
if (names.includes('dovecot') && !hasDovecot()) {
  fail('Dovecot is not here: install dovecot-core and dovecot-imapd, or leave it out with --servers mailwright')
}

const folder = mkdtempSync(join(tmpdir(), 'mailwright-bench-'))
// Dovecot may run as another user.
chmodSync(folder, 0o711)
const servers = names.map((name) => {
  if (name === 'mailwright') return new Mailwright(join(folder, name), values['cpu-prof'])
  return new Dovecot(join(folder, name))
})
let isOver = false
process.once('SIGINT', () => void end(130))

try {
  console.log(`Writing ${options.messages} messages …`)
  const octets = writeMaildirs(
    servers.map(({ maildir }) => maildir),
    options.messages,
  )
  console.log(
    `${options.messages} messages of ${(octets / 1e6).toFixed(0)} MB; Node ${process.version}, ${cpus().length} CPUs`,
  )
  const results = chosen.map(({ name }) => ({ name, figures: {} }))
  for (const server of servers) {
    await server.start()
    const capabilities = await capabilitiesOf(server)
    for (const [at, measure] of chosen.entries()) {
      const figure =
        measure.needs === undefined || capabilities.has(measure.needs)
          ? await taken(measure, server)
          : { missing: 'not offered' }
      results[at].figures[server.name] = figure
      console.log(`  ${server.name}: ${measure.name}: ${shown(figure)}`)
    }
    await server.stop()
  }
  report(results)
  await end(0)
} catch (error) {
  console.error(error)
  await end(1)
}

/** A measurement, repeated where it may be: the median, and the processor time of the server for one. */
async function taken(measure, server) {
  const rounds = measure.reps === true ? options.reps : 1
  const seconds = []
  let last = {}
  // A cold start ends the processes whose time was counted.
  const isCold = measure.name.startsWith('SELECT,') && !measure.name.endsWith('warm')
  const before = isCold ? Number.NaN : server.meter.seconds()
  try {
    for (let round = 0; round < rounds; round++) {
      last = await measure.run({ server, options, round })
      if (last.seconds !== undefined) seconds.push(last.seconds / (measure.each === true ? last.operations : 1))
    }
  } catch (error) {
    return { missing: `failed: ${error.message}` }
  }
  if (last.memory !== undefined) return { octets: last.memory }
  const cpu = isCold ? server.meter.seconds() : (server.meter.seconds() - before) / rounds
  const figure = { seconds: median(seconds), cpuSeconds: cpu }
  return last.octets === undefined ? figure : { ...figure, megabytesPerSecond: last.octets / 1e6 / figure.seconds }
}

async function capabilitiesOf(server) {
  const client = await Client.open(server.login)
  const text = await client.text('CAPABILITY')
  client.close()
  return new Set(text.split(/\r?\n/)[0].split(' ').slice(2))
}

function report(results) {
  const rows = results.map(({ name, figures }) => ({ name, figures, ratio: ratioOf(figures) }))
  const width = Math.max(...rows.map(({ name }) => name.length))
  const [one, other] = servers.map(({ name }) => name)
  console.log(`\n${''.padEnd(width)}  ${[one, other].map((name) => (name ?? '').padStart(14)).join('')}     ratio`)
  for (const { name, figures, ratio } of rows) {
    const cells = servers.map((server) => shown(figures[server.name], 'short').padStart(14)).join('')
    console.log(
      `${name.padEnd(width)}  ${cells}  ${ratio === null ? '–'.padStart(8) : `${ratio.toFixed(2)}×`.padStart(8)}`,
    )
  }
  console.log('\nratio: how many times as fast as Dovecot, or how many times as small; 2.00× is twice as good.')
  if (values.json === undefined) return
  const json = JSON.stringify(
    { at: new Date().toISOString(), node: process.version, cpus: cpus().length, options, results: rows },
    null,
    2,
  )
  if (values.json === '-') console.log(json)
  else writeFileSync(values.json, `${json}\n`)
}

/** Dovecot's figure by ours: both are better when they are less. */
function ratioOf({ mailwright, dovecot }) {
  const of = (figure) => figure?.seconds ?? figure?.octets ?? null
  const [ours, theirs] = [of(mailwright), of(dovecot)]
  return ours === null || theirs === null || ours === 0 ? null : theirs / ours
}

function shown(figure, form = 'long') {
  if (figure === undefined) return '–'
  if (figure.missing !== undefined) return figure.missing
  if (figure.octets !== undefined) return `${(figure.octets / 1024).toFixed(0)} KiB`
  const { seconds, cpuSeconds, megabytesPerSecond } = figure
  const time = seconds >= 1 ? `${seconds.toFixed(2)} s` : `${(seconds * 1_000).toFixed(2)} ms`
  const rate = megabytesPerSecond === undefined ? null : `${megabytesPerSecond.toFixed(0)} MB/s`
  if (form === 'short') return rate ?? time
  return [time, rate, `server CPU ${cpuSeconds.toFixed(2)} s`].filter((part) => part !== null).join(', ')
}

function whole(name) {
  const value = Number(values[name])
  return Number.isInteger(value) && value > 0 ? value : fail(`--${name} is a whole number from 1`)
}

async function end(code) {
  if (isOver) return
  isOver = true
  await Promise.all(servers.map((server) => server.stop()))
  rmSync(folder, { recursive: true, force: true })
  process.exit(code)
}

function fail(message) {
  console.error(message)
  process.exit(2)
}
