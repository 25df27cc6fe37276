/** What an informer on Secrets costs: memory for each object, CPU for each event. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { resource } from '#api'
import { realEnv } from '#base/env'
import { createClient } from '#kube'
import { createMetadataInformer, keepSecretMetadata } from '#runtime'
import { startServers } from './servers.ts'
import { number, type Row } from './table.ts'

/** For 10,000 objects, in 10^6 bytes. */
const heapGoalMb = 12
const eventsGoal = 20_000

const self = join(import.meta.dirname, 'informer.ts')

export async function measureInformer(options: {
  readonly count: number
  readonly rounds: number
}): Promise<readonly Row[]> {
  const { count, rounds } = options
  const servers = await startServers()
  await servers.makeSecrets(count)
  const child = fork(self, [servers.apiUrl, String(count), String(count * rounds)], {
    execArgv: ['--expose-gc'],
  })
  const next = (): Promise<Record<string, number>> =>
    new Promise((resolve, reject) => {
      child.once('message', (message) => resolve(message as Record<string, number>))
      child.once('exit', () => reject(new Error('the informer ended')))
    })
  const { heapBytes = 0 } = await next()
  const done = next()
  await servers.touchSecrets(count, rounds)
  const { cpuMs = 0 } = await done
  child.disconnect()
  await servers.stop()
  const eventsPerSecond = (count * rounds * 1000) / cpuMs
  return [
    {
      what: `informer on ${number(count)} Secrets, metadata only: heap`,
      figure: `${number(heapBytes / 1_048_576)} MiB`,
      against: `${number(heapBytes / count)} bytes an object, for 1 KiB of data each`,
      goal: `≤ ${heapGoalMb} MB at 10,000`,
      met: heapBytes / count <= (heapGoalMb * 1_000_000) / 10_000,
    },
    {
      what: '– watch events per second of CPU',
      figure: number(eventsPerSecond),
      goal: `≥ ${number(eventsGoal)}`,
      met: eventsPerSecond >= eventsGoal,
    },
  ]
}

async function inform(url: string, count: number, events: number): Promise<void> {
  process.on('disconnect', () => process.exit())
  const env = realEnv()
  const client = createClient({ env, server: { url } })
  const informer = createMetadataInformer({
    env,
    client,
    resource: resource('v1', 'Secret', 'secrets'),
    keep: keepSecretMetadata((manager) => manager === 'externalsecrets.external-secrets.io'),
  })
  const all = Promise.withResolvers<void>()
  let seen = 0
  informer.onChange((change) => {
    if (change.kind === 'updated' && ++seen === events) all.resolve()
  })
  await client.discover()
  const before = heap()
  void informer.run(new AbortController().signal)
  await informer.synced(new AbortController().signal)
  if (informer.cache.size < count) throw new Error(`only ${informer.cache.size} Secrets`)
  process.send?.({ heapBytes: heap() - before })
  const from = process.cpuUsage()
  await all.promise
  const { user, system } = process.cpuUsage(from)
  process.send?.({ cpuMs: (user + system) / 1000 })
}

function heap(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const [, , url = '', countText = '', eventsText = ''] = process.argv
if (process.argv[1] === self) {
  await inform(url, Number(countText), Number(eventsText))
}
