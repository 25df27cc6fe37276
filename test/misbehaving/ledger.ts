/** Somebody who writes ConfigMaps through the same faults, and keeps a book of what came back. */
import { Fault, type FaultReason } from '#base'
import { configMaps, type ConfigMap } from '#api'
import type { World } from './world.ts'

export interface Ledger {
  /** Sets off one write and does not wait for it. */
  write(): void
  /** Waits for all. @throws Error when a write was lost, doubled, or done though it was refused. */
  settle(): Promise<void>
}

/** What the server says of a write that it has not done. */
const refused: ReadonlySet<FaultReason> = new Set<FaultReason>([
  'AccessDenied',
  'AlreadyExists',
  'Conflict',
  'Expired',
  'InvalidSpec',
  'RateLimited',
])

export function startLedger({ api, replicas }: World): Ledger {
  const { client } = replicas[0]
  const stored = new Map<string, number>()
  const outcomes = new Map<string, 'done' | FaultReason>()
  const latest = new Map<string, ConfigMap>()
  const underWay: Promise<void>[] = []
  api.subscribe(({ type, entry }) => {
    const { kind, data } = entry.object as Partial<ConfigMap>
    const write = data?.['write']
    if (kind !== 'ConfigMap' || write === undefined || type === 'DELETED') return
    stored.set(write, (stored.get(write) ?? 0) + 1)
  })
  const once = async (write: string, name: string): Promise<void> => {
    const held = latest.get(name)
    const data = { write }
    try {
      const made =
        held === undefined
          ? await client.create<ConfigMap>(configMaps, {
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: { namespace: 'default', name },
              data,
            })
          : await client.update<ConfigMap>(configMaps, { ...held, data })
      outcomes.set(write, 'done')
      latest.set(name, made)
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      outcomes.set(write, thrown.reason)
      const now = await client.get<ConfigMap>(configMaps, { namespace: 'default', name }).catch(
        () => undefined, // what was known before is tried again, and refused
      )
      if (now === null) latest.delete(name)
      else if (now !== undefined) latest.set(name, now)
    }
  }
  return {
    write: () => {
      const number = underWay.length
      underWay.push(once(`w${number}`, `book-${number % 3}`))
    },
    settle: async () => {
      await Promise.all(underWay)
      for (const [write, outcome] of outcomes) {
        const times = stored.get(write) ?? 0
        const isGood = outcome === 'done' ? times === 1 : times <= (refused.has(outcome) ? 0 : 1)
        if (!isGood) throw new Error(`${write} ended as ${outcome} and was stored ${times} times`)
      }
    },
  }
}
