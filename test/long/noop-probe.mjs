import { connect } from 'node:net'

/**
 * `node noop-probe.mjs <port> <user> <password> <millis>`: a well-behaved session in a process of its own, which only its server can
 * delay. Says NOOP again and again for that long, and prints how long each took, as JSON.
 */
const [port, user, password, millis] = process.argv.slice(2)
const socket = connect({ host: '127.0.0.1', port: Number(port) })
let heard = ''
let wake = () => {}
socket.on('data', (chunk) => {
  heard += chunk.toString('latin1')
  wake()
})
socket.on('close', () => process.exit(2))

async function until(begin) {
  for (;;) {
    const at = heard.indexOf(begin)
    if (at !== -1 && heard.indexOf('\n', at) !== -1) break
    await new Promise((resolve) => {
      wake = resolve
    })
  }
  heard = ''
}

async function say(tag, command) {
  socket.write(`${tag} ${command}\r\n`)
  await until(`${tag} OK`)
}

await until('* OK')
await say('l', `LOGIN ${user} "${password}"`)
await say('s', 'SELECT INBOX')
const end = performance.now() + Number(millis)
const measured = []
for (let at = 0; performance.now() < end; at++) {
  const began = performance.now()
  await say(`n${at}`, 'NOOP')
  measured.push(performance.now() - began)
  await new Promise((resolve) => setTimeout(resolve, 5))
}
console.log(JSON.stringify(measured))
process.exit(0)
