import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { DOMAIN, USERS } from './servers.mjs'

/** Postfix's load generator. */
const SOURCE = '/usr/sbin/smtp-source'
/** How long one run may take, and how long delivery may go on behind its end. */
const LIMIT = 300_000
const LOOK = 5
/** Octets that one run may leave for the next. */
const KEPT = 20_000_000

export function hasSource() {
  return spawnSync(SOURCE, ['-l', '0']).error === undefined
}

/**
 * Sends `messages` of `size` octets over `connections`, to the first `mailboxes` users, and waits until all are in their Maildirs.
 * `isAnew`: a new connection for each message. Small messages stay there for the next run: a file system looks longer for a free inode
 * where thousands were freed a moment ago (ext4's `recently_deleted`), and no server finds its mailboxes emptied every second.
 *
 * @returns messages a second: accepted, and delivered; CPU seconds of all the server's processes for 1,000 messages.
 */
export async function measure(server, { messages, size, connections, mailboxes = 1, isAnew = false }) {
  const users = USERS.slice(0, mailboxes)
  const before = count(server, users)
  const cpuBefore = server.meter.seconds()
  const began = performance.now()
  const share = (whole, at) => Math.floor(whole / mailboxes) + (at < whole % mailboxes ? 1 : 0)
  await Promise.all(
    users.map((user, at) =>
      send(server, { user, size, isAnew, messages: share(messages, at), connections: share(connections, at) }),
    ),
  )
  const accepted = performance.now() - began
  await arrived(server, users, before + messages)
  const delivered = performance.now() - began
  // The tail of a delivery, behind the file's appearance, is its cost too.
  await new Promise((resolve) => setTimeout(resolve, 50))
  const cpu = server.meter.seconds() - cpuBefore
  if (messages * size > KEPT) empty(server)
  return {
    accepted: (messages / accepted) * 1_000,
    delivered: (messages / delivered) * 1_000,
    cpu: (cpu / messages) * 1_000,
  }
}

function send(server, { user, size, isAnew, messages, connections }) {
  if (messages === 0) return Promise.resolve()
  const keep = isAnew ? [] : ['-d']
  const counts = ['-s', Math.max(1, connections), '-m', messages, '-l', size].map(String)
  const to = ['-f', 'bench@example.net', '-t', `${user}@${DOMAIN}`, `127.0.0.1:${server.port}`]
  return new Promise((resolve, reject) => {
    const child = spawn(SOURCE, [...counts, ...keep, ...to], { stdio: ['ignore', 'inherit', 'pipe'] })
    let said = ''
    child.stderr.on('data', (text) => {
      said += text
    })
    const late = setTimeout(() => child.kill('SIGKILL'), LIMIT)
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(late)
      if (code === 0 && !said.includes('fatal')) resolve()
      else reject(new Error(`smtp-source to ${server.name}: ${code} ${said.slice(0, 300)}`))
    })
  })
}

async function arrived(server, users, messages) {
  const deadline = performance.now() + LIMIT
  for (;;) {
    const there = count(server, users)
    if (there >= messages) return
    if (performance.now() > deadline) throw new Error(`${server.name} delivered ${there} of ${messages}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
}

function count(server, users) {
  return users.reduce((sum, user) => sum + filesOf(server, user).length, 0)
}

/** Removes what is in the users' Maildirs. */
export function empty(server) {
  for (const user of USERS) for (const path of filesOf(server, user)) unlinkSync(path)
}

function filesOf(server, user) {
  const folder = join(server.maildir(user), 'new')
  try {
    return readdirSync(folder).map((name) => join(folder, name))
  } catch {
    // It is made with the first message.
    return []
  }
}
