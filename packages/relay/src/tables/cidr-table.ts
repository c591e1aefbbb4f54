import { parseNetworks } from '../receiving/networks.js'
import { readPatternTable } from './pattern-table.js'
import type { ReadTable } from './table.js'

/** Reads a table of networks: `192.0.2.0/24 value`, of which the first that holds the address counts. cidr_table(5). */
export function readCidrTable(text: string): ReadTable {
  return readPatternTable(text, (body) => {
    const [, network = '', rest = ''] = /^(\S+)(.*)$/s.exec(body) ?? []
    try {
      const networks = parseNetworks([network])
      return { matches: (key) => (networks.has(key.replace(/^\[(.*)\]$/, '$1')) ? [] : null), rest }
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  })
}
