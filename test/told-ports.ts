/** Where `lockstep run` with `--health-port=auto` and `--seal-port=auto` listens, by its own log. */
import type { ChildProcess } from 'node:child_process'

/** Ports of one running operator; undefined for what is switched off. */
export interface ToldPorts {
  readonly healthPort: number | undefined
  readonly sealPort: number | undefined
}

/**
 * Reads the log of a child as it comes until it says `started`. Listen before the child can have
 * written: in the same turn in which it was spawned.
 *
 * @throws Error with what the child said, when it ends before.
 */
export function portsTold(child: ChildProcess): Promise<ToldPorts> {
  return new Promise((resolve, reject) => {
    let said = ''
    const read = (chunk: Buffer): void => {
      said += chunk.toString()
      const whole = said.split('\n').slice(0, -1)
      const line = whole.find((one) => one.includes('"msg":"started"'))
      if (line === undefined) return
      child.stderr?.off('data', read)
      resolve(portsIn(JSON.parse(line)))
    }
    child.stderr?.on('data', read)
    child.once('exit', (code) => reject(new Error(`the operator ended with ${code}: ${said}`)))
  })
}

function portsIn(line: unknown): ToldPorts {
  const { healthPort, sealPort } = line as Partial<Record<keyof ToldPorts, number>>
  return { healthPort, sealPort }
}
