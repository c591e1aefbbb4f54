import { parentPort } from 'node:worker_threads'
import { derive } from './derive.js'
import type { DeriveJob, DeriveReply } from './derive-job.js'

/** The whole of a hash thread: one job in, one reply out, in order. */
parentPort?.on('message', (job: DeriveJob) => {
  derive(job).then(
    (digest) => answer({ digest }),
    (fault: unknown) => answer({ fault: fault instanceof Error ? fault.message : String(fault) }),
  )
})

function answer(reply: DeriveReply): void {
  parentPort?.postMessage(reply)
}
