/**
 * The embedded API server beside a real kube-apiserver on etcd, which had the same load from the same
 * client in the same run, in turns; and what it costs on its own.
 */
import { join } from 'node:path'
import { startPeer, type Peer } from '../ipc.ts'
import { duration, number, type Row } from '../table.ts'
import { cpuMsOf } from '../usage.ts'
import type { CallRates, CallsOfServer } from './calls.ts'
import { fill, load, loadClient, prepareLoad, type LoadOptions } from './load.ts'
import { isRealThere, startRealKubeApi, type LoadedServer } from './real.ts'
import type { Address, KubeApiCalls } from './server.ts'
import type { Started } from './start.ts'

/** How long and how much. */
export interface KubeApiOptions {
  readonly real: boolean
  readonly rounds: number
  readonly load: LoadOptions
  readonly stored: number
  readonly starts: number
  readonly callsMs: number
}

const pathOf = (name: string): string => join(import.meta.dirname, name)

export async function measureKubeApi(options: KubeApiOptions): Promise<readonly Row[]> {
  return [
    ...(await measureLoad(options)),
    await measureMemory(options),
    ...(await measureStart(options.starts)),
    ...(await measureCalls(options.callsMs)),
  ]
}

async function startEmbedded(width: number): Promise<LoadedServer & { peer: Peer<KubeApiCalls> }> {
  const peer = await startPeer<KubeApiCalls>(pathOf('server.ts'), { nodeFlags: ['--expose-gc'] })
  const { url, identity } = peer.hello as Address
  const client = loadClient(url, identity, width)
  await prepareLoad(client)
  return {
    peer,
    client,
    cpuMs: () => cpuMsOf(peer.pid),
    stop: async () => {
      await client.close()
      await peer.stop()
    },
  }
}

/** The median of the rounds. */
interface Served {
  readonly writesPerSecond: number
  readonly p99Ms: number
  readonly cpuMsPerWrite: number
}

async function measureLoad(options: KubeApiOptions): Promise<readonly Row[]> {
  const width = options.load.inFlight
  const embedded = await startEmbedded(width)
  let real: LoadedServer | undefined
  const own: Served[] = []
  const theirs: Served[] = []
  try {
    if (options.real && isRealThere()) real = await startRealKubeApi(width)
    for (let round = 0; round < options.rounds; round++) {
      own.push(await oneRound(embedded, options.load))
      if (real !== undefined) theirs.push(await oneRound(real, options.load))
    }
  } finally {
    try {
      await embedded.stop()
    } finally {
      await real?.stop()
    }
  }
  return loadRows(options, middle(own), theirs.length === 0 ? undefined : middle(theirs))
}

async function oneRound(server: LoadedServer, options: LoadOptions): Promise<Served> {
  const before = server.cpuMs()
  const { writesPerSecond, writes, latenciesMs } = await load(server.client, options)
  const sorted = latenciesMs.toSorted((a, b) => a - b)
  return {
    writesPerSecond,
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    cpuMsPerWrite: (server.cpuMs() - before) / writes,
  }
}

function middle(rounds: readonly Served[]): Served {
  const of = (pick: (one: Served) => number): number => median(rounds.map(pick))
  return {
    writesPerSecond: of((one) => one.writesPerSecond),
    p99Ms: of((one) => one.p99Ms),
    cpuMsPerWrite: of((one) => one.cpuMsPerWrite),
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function loadRows(
  { load: { inFlight } }: KubeApiOptions,
  own: Served,
  theirs: Served | undefined,
): readonly Row[] {
  const noneThere = 'no kube-apiserver: not compared'
  const beside = (text: (theirs: Served) => string): string =>
    theirs === undefined ? noneThere : text(theirs)
  const times = (a: number, b: number): string => `${number(a / b)} times`
  return [
    {
      what: `embedded API server over TLS, ${inFlight} writers: writes per second`,
      figure: number(own.writesPerSecond),
      against: beside(
        ({ writesPerSecond: rate }) =>
          `${number(rate)} by kube-apiserver on etcd: ${times(own.writesPerSecond, rate)}`,
      ),
      goal: 'at least its rate',
      ...(theirs === undefined ? {} : { met: own.writesPerSecond >= theirs.writesPerSecond }),
    },
    {
      what: '– from sending a write to its event at a watch, p99',
      figure: duration(own.p99Ms),
      against: beside(({ p99Ms }) => `${duration(p99Ms)}: ${times(own.p99Ms, p99Ms)}`),
      goal: 'at most its time',
      ...(theirs === undefined ? {} : { met: own.p99Ms <= theirs.p99Ms }),
    },
    {
      what: '– CPU of the server, per write',
      figure: duration(own.cpuMsPerWrite),
      against: beside(
        ({ cpuMsPerWrite: ms }) => `${duration(ms)} of both: ${times(own.cpuMsPerWrite, ms)}`,
      ),
    },
  ]
}

const memoryGoalMib = 60

async function measureMemory({ stored, load: { inFlight } }: KubeApiOptions): Promise<Row> {
  const { peer, client, stop } = await startEmbedded(inFlight)
  await fill(client, 0, 1, 1) // what the first write loads is not what Secrets take
  const floor = await peer.calls.memory()
  await fill(client, 1, stored, inFlight)
  const full = await peer.calls.memory()
  await stop()
  const rss = full.rss - floor.rss
  const heap = full.heapUsed - floor.heapUsed
  const external = full.external - floor.external
  return {
    what: `– ${number(stored)} Secrets of 1 KiB: resident memory over the floor`,
    figure: `${number(rss)} MiB`,
    against: `${number(heap)} MiB of heap, ${number(external)} MiB beside it; floor ${number(floor.rss)} MiB`,
    goal: `≤ ${memoryGoalMib} MB`,
    met: (rss * 1_048_576) / 1_000_000 <= memoryGoalMib,
  }
}

const startGoalMs = 50

async function measureStart(rounds: number): Promise<readonly Row[]> {
  const starts: Started[] = []
  for (let round = 0; round < rounds; round++) {
    const peer = await startPeer(pathOf('start.ts'))
    starts.push(peer.hello as Started)
    await peer.stop()
  }
  const serveMs = median(starts.map((one) => one.serveMs))
  const importMs = median(starts.map((one) => one.importMs))
  const startCpuMs = median(starts.map((one) => one.cpuMs))
  return [
    {
      what: `– start with our definitions to the first answer, median of ${rounds}`,
      figure: duration(serveMs),
      against: `${duration(startCpuMs)} of CPU; ${duration(serveMs + importMs)} with the imports from source`,
      goal: `≤ ${startGoalMs} ms`,
      met: serveMs <= startGoalMs,
    },
  ]
}

const callsGoal = 20_000

const callNames: readonly (readonly [keyof CallRates, string])[] = [
  ['get', 'reads'],
  ['create', 'creates'],
  ['update', 'updates'],
  ['patch', 'merge patches'],
  ['mix', 'a mix, four of ten of them writes'],
]

async function measureCalls(ms: number): Promise<readonly Row[]> {
  const peer = await startPeer<CallsOfServer>(pathOf('calls.ts'), {
    nodeFlags: ['--expose-gc'],
  })
  const rates = await peer.calls.rates(ms)
  await peer.stop()
  return [
    ...callNames.map(([name, text]) => ({
      what: `– in process, calls per second of CPU: ${text}`,
      figure: number(rates[name]),
      against: `one for ${number(rates.json / rates[name])} times such a Secret through JSON`,
      goal: `≥ ${number(callsGoal)}`,
      met: rates[name] >= callsGoal,
    })),
    {
      what: '– lists of 100 Secrets',
      figure: number(rates.list),
      against: `${number(rates.list * 100)} objects a second`,
    },
  ]
}
