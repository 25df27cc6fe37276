/** Whether all is well again, and what is not. */
import { describeLeaks, scanForCanaries } from '../../canary.ts'
import { deletesIn } from './audit.ts'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Observer } from './observer.ts'
import type { World } from './world.ts'

/** How one fault went. */
export interface Outcome {
  readonly name: string
  readonly objects: number
  readonly lost: number
  readonly deleted: number
  /** From the end of the fault until all had converged; infinite: it did not within two minutes. */
  readonly tookMs: number
  readonly damage: readonly string[]
}

const patienceMs = 120_000

/** @returns milliseconds from `endedMs` until nothing was behind. @throws Error that says what is. */
export async function converge(world: World, endedMs: number): Promise<number> {
  for (;;) {
    const late = await world.behind()
    const tookMs = performance.now() - endedMs
    if (late.length === 0) return tookMs
    if (tookMs > patienceMs) {
      const shown = late.slice(0, 10).join('\n')
      throw new Error(`not converged in ${patienceMs / 1000} s: ${late.length}:\n${shown}`)
    }
    await sleep(100)
  }
}

/** What the observers, the audit log and the objects' uids say against us. */
export function damageIn(
  world: World,
  uids: ReadonlyMap<string, string>,
): { readonly damage: readonly string[]; readonly lost: number; readonly deleted: number } {
  const all = [world.secrets, world.files]
  const lost = [...uids].filter(([key, uid]) => found(all, key) !== uid).map(([key]) => key)
  const deleted = [
    ...all.flatMap(({ damage }) => [...damage.deleted, ...damage.replaced]),
    ...deletesIn(readFileSync(world.plane.auditLog, 'utf8')),
  ]
  const wrong = all.flatMap(({ damage }) => [
    ...damage.wentBack.map((line) => `an older value: ${line}`),
    ...damage.torn.map((line) => `torn: ${line}`),
  ])
  const damage = [
    ...lost.map((key) => `lost: ${key}`),
    ...deleted.map((key) => `deleted: ${key}`),
    ...wrong,
  ]
  return { damage, lost: lost.length, deleted: deleted.length }
}

function found(observers: readonly Observer[], key: string): string | undefined {
  for (const { objects } of observers) {
    const object = objects.get(key)
    if (object !== undefined) return object.uid
  }
  return undefined
}

/** Canaries in what the replicas wrote: their output, metrics, the audit log, all objects but Secrets' data. */
export async function leaksIn(world: World): Promise<string> {
  const objects: unknown[] = []
  for (const kind of await world.client.discover()) {
    if (!kind.verbs.includes('list')) continue
    for (const item of (await world.client.list(kind)).items) {
      objects.push(kind.kind === 'Secret' ? { ...item, data: undefined } : item)
    }
  }
  const outputs = {
    'output of replica-a': world.a.output(),
    'output of replica-b': world.b.output(),
    metrics: await world.a.metrics(),
    'audit log': readFileSync(world.plane.auditLog, 'utf8'),
    objects,
  }
  return describeLeaks(scanForCanaries(outputs))
}
