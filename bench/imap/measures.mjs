import { Client } from './client.mjs'

const WAIT = 40_000
const clock = () => performance.now() / 1_000

/**
 * What is measured, in this order. `run` gives the seconds it took and how many operations that were (`each: true`: a figure for one), or
 * `octets` for a figure in MB/s, or `memory`. `needs`: the capability without which it is not offered.
 */
export const MEASURES = [
  { name: 'SELECT, the first ever', run: selectCold },
  { name: 'SELECT, after a restart', run: selectRestarted },
  { name: 'SELECT, warm', reps: true, run: (bench) => timed(bench, null, 'SELECT INBOX') },
  { name: 'FETCH flags', reps: true, run: (bench) => timed(bench, 'INBOX', 'FETCH 1:* (UID FLAGS)') },
  { name: 'FETCH envelopes, the first ever', run: (bench) => timed(bench, 'INBOX', ENVELOPES) },
  { name: 'FETCH envelopes', reps: true, run: (bench) => timed(bench, 'INBOX', ENVELOPES) },
  { name: 'FETCH body structures', reps: true, run: (bench) => timed(bench, 'INBOX', 'FETCH 1:* (BODYSTRUCTURE)') },
  { name: 'FETCH header fields', reps: true, run: (bench) => timed(bench, 'INBOX', FIELDS) },
  { name: 'FETCH bodies', reps: true, run: fetchBodies },
  { name: 'SEARCH SUBJECT', reps: true, run: (bench) => timed(bench, 'INBOX', 'UID SEARCH SUBJECT quarterly') },
  { name: 'SEARCH FROM', reps: true, run: (bench) => timed(bench, 'INBOX', 'UID SEARCH FROM alice') },
  { name: 'SEARCH UNSEEN', reps: true, run: (bench) => timed(bench, 'INBOX', 'UID SEARCH UNSEEN') },
  { name: 'SEARCH BODY', run: (bench) => timed(bench, 'INBOX', 'UID SEARCH BODY xylophone') },
  { name: 'SEARCH TEXT', run: (bench) => timed(bench, 'INBOX', 'UID SEARCH TEXT xylophone') },
  {
    name: 'SORT (DATE)',
    needs: 'SORT',
    reps: true,
    run: (bench) => timed(bench, 'INBOX', 'UID SORT (DATE) UTF-8 ALL'),
  },
  {
    name: 'SORT (SUBJECT)',
    needs: 'SORT',
    reps: true,
    run: (bench) => timed(bench, 'INBOX', 'UID SORT (SUBJECT) UTF-8 ALL'),
  },
  {
    name: 'THREAD REFERENCES',
    needs: 'THREAD=REFERENCES',
    reps: true,
    run: (bench) => timed(bench, 'INBOX', 'UID THREAD REFERENCES UTF-8 ALL'),
  },
  { name: 'STORE 1:1000', reps: true, run: store },
  { name: 'APPEND of 2 KB', run: append, each: true },
  { name: 'news to IDLE after APPEND', run: idleLatency, each: true },
  { name: 'memory of an idle connection', run: idleMemory },
]

const ENVELOPES = 'FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)'
const FIELDS = 'FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT DATE MESSAGE-ID)])'

/** One command on a connection of its own, in the mailbox where one is given; what comes before is not counted. */
async function timed({ server }, mailbox, command) {
  const client = await Client.open(server.login)
  try {
    if (mailbox !== null) await client.command(`SELECT ${mailbox}`)
    const began = clock()
    await client.command(command)
    return { seconds: clock() - began }
  } finally {
    client.close()
  }
}

async function selectCold({ server }) {
  await server.cold()
  await server.start()
  return timed({ server }, null, 'SELECT INBOX')
}

async function selectRestarted({ server }) {
  await server.stop()
  await server.start()
  return timed({ server }, null, 'SELECT INBOX')
}

async function fetchBodies({ server, options }) {
  const client = await Client.open(server.login)
  try {
    await client.command('SELECT INBOX')
    const before = client.octets
    const began = clock()
    await client.command(`FETCH 1:${Math.min(options.messages, options.bodies)} BODY.PEEK[]`)
    return { seconds: clock() - began, octets: client.octets - before }
  } finally {
    client.close()
  }
}

async function store({ server, options, round }) {
  const sign = round % 2 === 0 ? '+' : '-'
  return timed({ server }, 'INBOX', `STORE 1:${Math.min(1_000, options.messages)} ${sign}FLAGS (\\Flagged)`)
}

async function append({ server, options }) {
  const client = await scratch(server, 'bench-append')
  try {
    const began = clock()
    for (let at = 0; at < options.appends; at++) await client.append('bench-append', note(at))
    const seconds = clock() - began
    await client.command('DELETE bench-append')
    return { seconds, operations: options.appends }
  } finally {
    client.close()
  }
}

/** From the OK of an APPEND to the news of it on another connection in IDLE; 0 where the news came first. The median. */
async function idleLatency({ server, options }) {
  const writer = await scratch(server, 'bench-idle')
  const reader = await Client.open(server.login)
  const waits = []
  try {
    await reader.command('SELECT bench-idle')
    let told = () => {}
    await reader.idle((chunk) => {
      if (chunk.includes('EXISTS')) told(clock())
    })
    await sleep(300)
    for (let at = 0; at < Math.min(options.appends, 20); at++) {
      const news = new Promise((resolve, reject) => {
        told = resolve
        setTimeout(() => reject(new Error('no news of an APPEND')), WAIT).unref()
      })
      await writer.append('bench-idle', note(at))
      const answered = clock()
      waits.push(Math.max(0, (await news) - answered))
      await sleep(100)
    }
    await writer.command('DELETE bench-idle').catch(() => {})
    return { seconds: median(waits), operations: 1 }
  } finally {
    reader.close()
    writer.close()
  }
}

/** Of a server just started, beyond what the first connection costs: what was measured before leaves garbage behind. */
async function idleMemory({ server, options }) {
  await server.stop()
  await server.start()
  const clients = [await idling(server)]
  try {
    await sleep(1_000)
    const before = server.meter.memory()
    while (clients.length <= options.connections) {
      const few = Math.min(20, options.connections + 1 - clients.length)
      clients.push(...(await Promise.all(Array.from({ length: few }, () => idling(server)))))
    }
    await sleep(1_000)
    return { memory: Math.max(0, server.meter.memory() - before) / options.connections }
  } finally {
    for (const client of clients) client.close()
    await sleep(500)
  }
}

async function idling(server) {
  const client = await Client.open(server.login)
  await client.command('SELECT INBOX')
  await client.idle()
  return client
}

async function scratch(server, mailbox) {
  const client = await Client.open(server.login)
  await client.command(`DELETE ${mailbox}`).catch(() => {})
  await client.command(`CREATE ${mailbox}`)
  return client
}

function note(number) {
  const head = `From: Bench <bench@example.org>\r\nTo: user@example.com\r\nSubject: bench ${number}\r\nDate: Mon, 02 Jan 2023 10:00:00 +0000\r\nMessage-ID: <${number}@bench.example>\r\n\r\n`
  return Buffer.from(head + 'The quick brown fox jumps over the lazy dog, and the mail goes on.\r\n'.repeat(27))
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

function sleep(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis))
}
