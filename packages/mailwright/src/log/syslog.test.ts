import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { openSyslog } from './syslog.js'

test('[J8] a line arrives with the facility mail, its severity, and no longer than a datagram may be', async () => {
  const server = createSocket('udp4')
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  const received: string[] = []
  const syslog = openSyslog({ host: '127.0.0.1', port: server.address().port })
  for (const severity of ['info', 'warning', 'error', 'debug'] as const) {
    syslog.send('Apr 26 12:11:46 rhel1 postfix/qmgr[1]: A: removed', severity)
    const [datagram] = await once(server, 'message')
    received.push(String(datagram))
  }
  syslog.send('x'.repeat(5_000), 'info')
  const [long] = await once(server, 'message')
  await syslog.close()
  server.close()
  expect(received.map((line) => line.slice(0, 10))).toEqual(['<22>Apr 26', '<20>Apr 26', '<19>Apr 26', '<23>Apr 26'])
  expect(long).toHaveLength(2_048)
})

test('nobody listens: nothing is thrown', async () => {
  const syslog = openSyslog({ host: '127.0.0.1', port: 9 })
  syslog.send('Apr 26 12:11:46 rhel1 postfix/qmgr[1]: A: removed', 'info')
  await syslog.close()
})
