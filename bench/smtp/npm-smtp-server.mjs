import { constants, createWriteStream, mkdirSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { SMTPServer } from 'smtp-server'

/**
 * npm smtp-server with the handler that its users write: the message streams into a Maildir, the file is synced, renamed, and the
 * folder synced, before the 250. `node npm-smtp-server.mjs PORT FOLDER`: a Maildir in FOLDER for each local part.
 */
const [, , port, folder] = process.argv
const maildirs = new Map()
let count = 0

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  logger: false,
  disableReverseLookup: true,
  size: 50 * 2 ** 20,
  maxClients: 1_000,
  onData: (stream, session, done) => {
    kept(stream, session).then(() => done(null, 'ok'), done)
  },
})
server.on('error', (error) => {
  // A peer that is gone is no fault of the server.
  if (!['ECONNRESET', 'EPIPE'].includes(error.code)) console.error(error)
})
server.listen(Number(port), '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))

async function kept(stream, { envelope, hostNameAppearsAs }) {
  const name = `${Math.floor(Date.now() / 1_000)}.M${process.hrtime.bigint() % 1_000_000n}P${process.pid}Q${++count}.bench`
  const { path, fresh } = await maildirOf(envelope.rcptTo[0].address.split('@')[0])
  const scratch = join(path, 'tmp', name)
  // `flush` is an fsync before the file is closed.
  const file = createWriteStream(scratch, { flags: 'wx', mode: 0o600, flush: true })
  file.write(`Return-Path: <${envelope.mailFrom.address}>\r\n`)
  file.write(`Received: from ${hostNameAppearsAs} by bench with ESMTP; ${new Date().toUTCString()}\r\n`)
  await pipeline(stream, file)
  await rename(scratch, join(path, 'new', name))
  await fresh.sync()
}

function maildirOf(user) {
  const known = maildirs.get(user)
  if (known !== undefined) return known
  const path = join(folder, user)
  for (const part of ['tmp', 'new', 'cur']) mkdirSync(join(path, part), { recursive: true })
  const made = open(join(path, 'new'), constants.O_RDONLY).then((fresh) => ({ path, fresh }))
  maildirs.set(user, made)
  return made
}
