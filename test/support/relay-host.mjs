import { systemClock, systemRandom } from '@mailwright/core/node'
import { createSmtpAgent } from '@mailwright/relay/driver'
import { dnsResolver, socketDialer } from '@mailwright/relay/node'
import { createFileQueue } from '@mailwright/store-maildir'
import { createMailServer } from 'mailwright'

/**
 * `node relay-host.mjs <folder> <transports as JSON>`: takes mail by SMTP, keeps it in a file queue, and delivers it; a host that is in more of
 * a hurry than the RFCs allow. Prints its events, one JSON object a line.
 */
const [folder, transports] = process.argv.slice(2)
const say = (fields, message) => process.stdout.write(`${JSON.stringify({ msg: message, ...fields })}\n`)
const logger = { debug() {}, info: say, warn: say, error: say }
const queue = await createFileQueue({
  folder,
  clock: systemClock,
  onProblem: (problem) => say(problem, 'queueProblem'),
})
const resolver = dnsResolver()
const patience = 1_500
const smtp = createSmtpAgent({
  protocol: 'smtp',
  hostname: 'relay.example',
  clock: systemClock,
  random: systemRandom,
  dialer: socketDialer(),
  resolver,
  clientLimits: {
    greeting: patience,
    hello: patience,
    envelope: patience,
    dataInitiation: patience,
    dataTermination: patience,
    farewell: patience,
  },
  onEvent: ({ name, ...fields }) => say(fields, name),
})
const server = await createMailServer({
  hostname: 'relay.example',
  listeners: [{ protocol: 'smtp', host: '127.0.0.1', port: 0 }],
  relay: {
    queue,
    resolver,
    transports: JSON.parse(transports),
    agents: { smtp },
    closeGrace: 5_000,
    limits: { queue: { deliveries: 40, minimalBackoff: 150, maximalBackoff: 600, scan: 1_000 } },
  },
  logger,
})
say({ port: server.port('smtp') }, 'ready')
process.once('SIGTERM', async () => {
  await server.close()
  await queue.close()
  process.exit(0)
})
