import { argon2id, bcrypt } from 'hash-wasm'
import type { DeriveJob } from './derive-job.js'
import { sha512Crypt } from './sha512-crypt.js'

/**
 * Performs one key derivation on the calling thread, which is busy until it is done.
 *
 * @returns the raw digest, before any text encoding.
 */
export async function derive(job: DeriveJob): Promise<Uint8Array> {
  switch (job.kind) {
    case 'sha512Crypt':
      return sha512Crypt(job.password, job.salt, job.rounds)
    case 'bcrypt': {
      const digest = await bcrypt({
        password: job.password,
        salt: job.salt,
        costFactor: job.cost,
        outputType: 'binary',
      })
      // The cipher text has 24 octets; every crypt(3) stores 23 of them.
      return digest.slice(0, 23)
    }
    case 'argon2id':
      return await argon2id({
        password: job.password,
        salt: job.salt,
        memorySize: job.memory,
        iterations: job.passes,
        parallelism: job.lanes,
        hashLength: job.octets,
        outputType: 'binary',
      })
    default:
      return job satisfies never
  }
}
