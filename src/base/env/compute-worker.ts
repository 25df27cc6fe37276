/** Runs in a worker thread: takes one task at a time, imports its module, answers. */
import { parentPort } from 'node:worker_threads'
import { Fault, faultOf, type FaultReason } from '../fault.ts'
import { taskById } from './task.ts'

export interface Job {
  readonly number: number
  readonly id: string
  readonly module: string
  readonly input: unknown
}

export type JobAnswer =
  | { readonly number: number; readonly output: unknown }
  | { readonly number: number; readonly reason: FaultReason; readonly message: string }

const port = parentPort
if (port === null) throw new Fault('InternalError', 'compute-worker runs in a worker thread only')

port.on('message', (job: Job) => {
  void work(job).then((answer) => port.postMessage(answer))
})

async function work(job: Job): Promise<JobAnswer> {
  try {
    if (taskById(job.id) === undefined) await import(job.module)
    const task = taskById(job.id)
    if (task === undefined) {
      throw new Fault('InternalError', `${job.module} does not define the task ${job.id}`)
    }
    return { number: job.number, output: await task.run(job.input as never) }
  } catch (thrown) {
    const fault = faultOf(thrown)
    return { number: job.number, reason: fault.reason, message: fault.message }
  }
}
