import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { Millis } from '@mailwright/core'
import { parseAddress } from '@mailwright/core'
import type { DnsServer } from './transport.js'

/** resolv.conf(5), as far as it concerns who is asked. */
export interface ResolverConfiguration {
  readonly servers: readonly DnsServer[]
  readonly timeout?: Millis
  readonly attempts?: number
  /** `options trust-ad`: the administrator believes what these servers say of DNSSEC. */
  readonly trustsAuthentic: boolean
}

/** Without servers of its own it is the one on this machine, as resolv.conf(5) says. */
const THIS_MACHINE: DnsServer = { address: '127.0.0.1', port: 53 }

/** Reads resolv.conf(5). `search` and `ndots` are not for mail: its names are complete (RFC 5321 §2.3.5). */
export function parseResolvConf(text: string): ResolverConfiguration {
  const servers: DnsServer[] = []
  const options = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [word = '', ...rest] = line.trim().split(/[ \t]+/)
    const [address = ''] = rest
    if (word === 'nameserver' && isIP(address) !== 0) servers.push({ address, port: 53 })
    if (word === 'options') {
      for (const option of rest) {
        const [name = '', value = ''] = option.split(':')
        options.set(name, value)
      }
    }
  }
  const timeout = wholeNumber(options.get('timeout'), 30)
  const attempts = wholeNumber(options.get('attempts'), 5)
  return {
    servers: servers.length === 0 ? [THIS_MACHINE] : servers,
    ...(timeout === undefined ? {} : { timeout: timeout * 1_000 }),
    ...(attempts === undefined ? {} : { attempts }),
    trustsAuthentic: options.has('trust-ad'),
  }
}

/** From 1 to what resolv.conf(5) caps it at. */
function wholeNumber(text: string | undefined, most: number): number | undefined {
  return text !== undefined && /^[1-9]\d{0,5}$/.test(text) ? Math.min(Number(text), most) : undefined
}

/** hosts(5): names with their addresses, and addresses with their names. Keys are in one form ({@link addressKey}, lower case). */
export interface HostsFile {
  readonly addresses: ReadonlyMap<string, readonly string[]>
  readonly names: ReadonlyMap<string, readonly string[]>
}

export function parseHosts(text: string): HostsFile {
  const addresses = new Map<string, string[]>()
  const names = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...words] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (isIP(address) === 0) continue
    const [canonical] = words
    if (canonical !== undefined) names.set(addressKey(address), [...(names.get(addressKey(address)) ?? []), canonical])
    for (const word of words) {
      const key = word.toLowerCase()
      addresses.set(key, [...(addresses.get(key) ?? []), address])
    }
  }
  return { addresses, names }
}

/** One form of an address: an IPv6 one may be written in many. */
export function addressKey(address: string): string {
  return (parseAddress(address) ?? []).join('.')
}

/** A file of this machine, read again after a while. One that is not there is empty. */
export function machineFile<T>(path: string, parse: (text: string) => T, now: () => Millis): () => T {
  let read: { readonly at: Millis; readonly text: string; readonly value: T } | undefined
  return () => {
    if (read !== undefined && now() - read.at < FRESH) return read.value
    const text = contents(path)
    const value = read?.text === text ? read.value : parse(text)
    read = { at: now(), text, value }
    return value
  }
}

/** How long a file is believed. Default 5 s: DHCP and VPNs change it under our feet. */
const FRESH: Millis = 5_000

function contents(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
