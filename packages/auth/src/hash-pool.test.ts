import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { HostError } from '@mailwright/core'
import { afterEach, describe, expect, test } from 'vitest'
import { HashFault, HashQueueFull } from './errors.js'
import { createHashPool, type HashPool, type HashPoolOptions } from './hash-pool.js'
import type { DeriveJob } from './hash-worker/derive-job.js'
import { HASH_WORKER_CODE } from './hash-worker-code.js'

const pools: HashPool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
})
function makePool(options?: HashPoolOptions): HashPool {
  const pool = createHashPool(options)
  pools.push(pool)
  return pool
}

const job = (cost = 4): DeriveJob => ({
  kind: 'bcrypt',
  password: new Uint8Array([1]),
  salt: new Uint8Array(16),
  cost,
})

describe('a hash pool', () => {
  test('leaves the event loop free while it computes', async () => {
    let turns = 0
    let isDone = false
    const digest = makePool()
      .derive(job(9))
      .finally(() => {
        isDone = true
      })
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve))
      turns++
    }
    expect(await digest).toHaveLength(23)
    expect(turns).toBeGreaterThan(100)
  })

  test('does all of many jobs with one thread, in order', async () => {
    const pool = makePool({ threads: 1 })
    const order: number[] = []
    await Promise.all([0, 1, 2, 3, 4].map((index) => pool.derive(job()).then(() => order.push(index))))
    expect(order).toEqual([0, 1, 2, 3, 4])
  })

  test('refuses a job when too many wait, and takes others afterwards', async () => {
    const pool = makePool({ threads: 1, queue: 1 })
    const first = [pool.derive(job()), pool.derive(job())]
    await expect(pool.derive(job())).rejects.toThrow(HashQueueFull)
    await Promise.all(first)
    expect(await pool.derive(job())).toHaveLength(23)
  })

  test('drops a waiting job when its signal aborts, and makes room', async () => {
    const pool = makePool({ threads: 1, queue: 1 })
    const running = pool.derive(job())
    const gone = new AbortController()
    const waiting = pool.derive(job(), gone.signal)
    gone.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    const next = pool.derive(job())
    expect(await running).toHaveLength(23)
    expect(await next).toHaveLength(23)
  })

  test('answers at once when a running job is aborted, and stays usable', async () => {
    const pool = makePool({ threads: 1 })
    const gone = new AbortController()
    const running = pool.derive(job(), gone.signal)
    gone.abort(new Error('gone'))
    await expect(running).rejects.toThrow('gone')
    expect(await pool.derive(job())).toHaveLength(23)
    await expect(pool.derive(job(), gone.signal)).rejects.toThrow('gone')
  })

  test('rejects one job that cannot be computed, and goes on', async () => {
    const pool = makePool({ threads: 1 })
    const bad = pool.derive({ kind: 'bcrypt', password: new Uint8Array(0), salt: new Uint8Array(16), cost: 4 })
    const good = pool.derive(job())
    await expect(bad).rejects.toThrow(HashFault)
    expect(await good).toHaveLength(23)
  })

  test('rejects what waits and runs when it is closed, and everything after', async () => {
    const pool = makePool({ threads: 1 })
    const jobs = [pool.derive(job(12)), pool.derive(job())].map((each) => expect(each).rejects.toThrow(HashFault))
    await pool.close()
    await Promise.all(jobs)
    await expect(pool.derive(job())).rejects.toThrow('closed')
    await pool.close()
  })

  test.each([{ threads: 0 }, { threads: 1.5 }, { queue: -1 }])('refuses %o', (options) => {
    expect(() => createHashPool(options)).toThrow(HostError)
  })
})

/** What the pool does with the process around it can only be seen from outside; the program is the pool's own code. */
describe('a hash thread', () => {
  const run = (script: string): Promise<{ stdout: string }> =>
    promisify(execFile)(process.execPath, ['-e', script], { env: { ...process.env, CODE: HASH_WORKER_CODE } })

  test('runs as plain Node runs it, without any file beside it', async () => {
    const { stdout } = await run(`
      const { Worker } = require('node:worker_threads')
      const worker = new Worker(process.env.CODE, { eval: true, execArgv: [], env: {} })
      worker.once('message', (reply) => { console.log(Buffer.from(reply.digest).toString('hex')); worker.unref() })
      worker.postMessage({ kind: 'argon2id', password: Buffer.from('password'), salt: Buffer.from('somesalt'),
        memory: 256, passes: 2, lanes: 2, octets: 32 })`)
    // argon2 -id -t 2 -k 256 -p 2
    expect(stdout.trim()).toBe(Buffer.from('bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc', 'base64').toString('hex'))
  })
})
