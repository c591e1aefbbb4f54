import { expect, test } from 'vitest'
import type { LookupTables } from '../adapters/lookup-tables.js'
import { HostError, StoreFault } from '../errors.js'
import { caller, type Flow, readLine } from '../flow.js'
import { performer } from './perform.js'
import { runFlow } from './run-flow.js'

const { call } = caller<LookupTables>()
const signal = new AbortController().signal
const tables: LookupTables = {
  async lookup({ table, key }) {
    if (table === 'away') throw new Error('disk')
    return key === 'root' ? { kind: 'found', value: 'alice' } : { kind: 'notFound' }
  },
}
const perform = performer([tables])

test('calls are performed in turn, and their answers come back', async () => {
  function* flow(): Flow<string[]> {
    const kinds: string[] = []
    for (const key of ['root', 'news']) kinds.push((yield* call('lookup', { table: 'aliases', key })).kind)
    return kinds
  }
  expect(await runFlow(flow(), perform, signal)).toEqual(['found', 'notFound'])
})

test('a fault of an adapter is thrown into the flow, which may go on', async () => {
  function* flow(): Flow<unknown> {
    try {
      yield* call('lookup', { table: 'away', key: 'root' })
    } catch (fault) {
      return fault
    }
    return 'no fault'
  }
  const fault = await runFlow(flow(), perform, signal)
  expect(fault).toBeInstanceOf(StoreFault)
})

test('what needs a peer is refused', async () => {
  await expect(runFlow(readLine(10), perform, signal)).rejects.toThrow(HostError)
})
