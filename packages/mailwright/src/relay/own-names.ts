import type { NetworkInterfaceInfo } from 'node:os'
import type { OwnNames } from '@mailwright/relay'
import type { ListenerOptions } from '../server/options.js'

/** Where mail comes in for domains. */
const SMTP = 25

/**
 * What we are for others, so that mail which leads back to us is no loop: our name, the addresses at which we listen for mail, and those of what stands
 * in front of us (Postfix's inet_interfaces and proxy_interfaces).
 *
 * @param interfaces of this machine, for listeners that take what comes at any address.
 */
export function ownNames(
  hostname: string,
  listeners: readonly Pick<ListenerOptions, 'protocol' | 'host' | 'port'>[],
  proxyInterfaces: readonly string[],
  interfaces: { readonly [name: string]: readonly NetworkInterfaceInfo[] | undefined },
): OwnNames {
  const machine = Object.values(interfaces).flatMap((each) => each ?? [])
  const addresses = new Set(proxyInterfaces)
  for (const { protocol, host = '127.0.0.1', port } of listeners) {
    if (protocol !== 'smtp' || port !== SMTP) continue
    if (host !== '::' && host !== '0.0.0.0') addresses.add(host)
    // Node's listeners at `::` take IPv4 as well.
    else for (const { address, family } of machine) if (host === '::' || family === 'IPv4') addresses.add(address)
  }
  return { hosts: new Set([hostname.toLowerCase()]), addresses }
}
