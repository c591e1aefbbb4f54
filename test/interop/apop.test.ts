import { expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { Wire } from '../support/wire.js'

/** s-nail and other clients prefer APOP to a password, and give up when it fails. */
test('[E12] APOP is offered only where some user could log in by it', async () => {
  const hashed = await Appliance.start({ listeners: ['pop3'] })
  const clear = await Appliance.start({ listeners: ['pop3'], users: ['pops'] })
  try {
    expect(await greeting(hashed)).toBe('+OK POP3 server ready')
    expect(await greeting(clear)).toMatch(/^\+OK POP3 server ready <\S+@mail\.example\.test>$/)
  } finally {
    await hashed.dispose()
    await clear.dispose()
  }
})

async function greeting(site: Appliance): Promise<string> {
  const wire = await Wire.open(site.port('pop3'))
  const line = await wire.line()
  wire.destroy()
  return line
}
