/**
 * Records the scenarios of this folder anew: asks a real kube-apiserver the questions that stand in them
 * and writes its answers beside them.
 *
 *   node test/kube-api-recorded/record.ts [name …]
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { realEnv, silentLog } from '#base/env'
import { startControlPlane } from '../real/control-plane.ts'
import { player, type Answered, type Asked } from '../kube-api-player.ts'

interface Step {
  readonly id: string
  /** What controllers bring about: asked for once it has had its time. */
  readonly eventually?: object
  readonly sleepMs?: number
  response?: object
}

interface Recorded {
  readonly steps: Step[]
  readonly [field: string]: unknown
}

const folder = fileURLToPath(new URL('.', import.meta.url))
const wanted = process.argv.slice(2)
const env = realEnv({ log: silentLog })
// As for the given scenarios: nothing runs what is asked for, so that workloads are plain objects.
const plane = await startControlPlane({
  controllers: [
    'garbage-collector-controller',
    'namespace-controller',
    'serviceaccount-controller',
    'root-ca-certificate-publisher-controller',
    'clusterrole-aggregation-controller',
  ],
})
const tls = typeof plane.access.tls === 'function' ? await plane.access.tls() : plane.access.tls
const pool = env.net.pool(tls === undefined ? {} : { tls })

async function transport({ method, path, headers, body, signal }: Asked): Promise<Answered> {
  return await pool.request({
    method,
    url: plane.url + path,
    headers,
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** What a run chooses, as placeholders; see test/conformance/kube-api/README.md. */
class Names {
  readonly #run: string
  readonly #uids = new Map<string, string>()
  readonly versions: Set<number> = new Set()

  constructor(run: string) {
    this.#run = run
  }

  value(value: unknown, key = '', inList = false): unknown {
    if (Array.isArray(value)) return value.map((one: unknown) => this.value(one))
    if (typeof value === 'string') return this.#text(value, key, inList)
    if (typeof value !== 'object' || value === null) return value
    const isList = 'items' in value
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]): [string, unknown] => [
        name.replaceAll(this.#run, '«run»'),
        this.value(inner, name, inList || (isList && name === 'metadata')),
      ]),
    )
  }

  #text(text: string, key: string, inList: boolean): string {
    if (key === 'continue' && text !== '') return '«continue»'
    if (key === '' && /^\d{1,3}s$/.test(text)) return '«age»'
    // Long descriptions are the API's documentation, and no fact of its behaviour.
    if (key === 'description' && text.length > 60) return '«any»'
    if (key === 'resourceVersion' && /^\d+$/.test(text)) {
      if (inList) return '«rv»'
      this.versions.add(Number(text))
      return `«rv:=${text}»`
    }
    return text
      .replaceAll(this.#run, '«run»')
      .replace(/current: \d+$/, 'current: «int»')
      .replace(/(resourceVersion\W+)\d+/g, '$1«int»')
      .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (uid) => this.#uid(uid))
      .replace(/20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, (time) =>
        time.startsWith('2030') ? time : '«time»',
      )
  }

  #uid(uid: string): string {
    if (uid.startsWith('11111111-')) return uid
    const held = this.#uids.get(uid) ?? `«uid:${this.#uids.size + 1}»`
    this.#uids.set(uid, held)
    return held
  }
}

// Whose clock orders them is told nowhere, so who owns what is left to the scenarios about that.
function ignored(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'managedFields' ? [`${at}/${name}`] : ignored(inner, `${at}/${name}`),
  )
}

const kept = ['content-type', 'warning', 'retry-after', 'allow', 'location']

function headersOf(headers: Answered['headers']): object {
  const found = kept.flatMap((name): [string, unknown][] => {
    const value = headers[name]
    if (value === undefined) return []
    const text = [value].flat().join(', ')
    // The player compares without the spaces.
    if (name !== 'warning') return [[name, text.replaceAll('; ', ';')]]
    return [[name, [...text.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map((one) => one[1])]]
  })
  return Object.fromEntries(found)
}

async function record(name: string): Promise<void> {
  const file = `${folder}${name}.json`
  const scenario = JSON.parse(readFileSync(file, 'utf8')) as Recorded
  const run = `r${env.entropy.uuid().slice(0, 6)}`
  const session = new player.Session({ transport }, run)
  const names = new Names(run)
  for (const step of scenario.steps) {
    if (step.sleepMs !== undefined) {
      await env.clock.sleep(step.sleepMs)
      continue
    }
    if (step.eventually !== undefined) await env.clock.sleep(5_000)
    const { status, headers, body, text } = await session.send(step)
    const said = body === undefined ? { text } : { body: names.value(body), ignore: ignored(body) }
    const shown = Object.fromEntries(
      Object.entries(said).filter(([, one]) => !Array.isArray(one) || one.length > 0),
    )
    step.response = { status, headers: names.value(headersOf(headers)), ...shown }
  }
  const order = [...names.versions].sort((a, b) => a - b)
  const steps = scenario.steps.map((step) =>
    JSON.stringify(step).replace(
      /«rv:=(\d+)»/g,
      (_, version) => `«rv:${order.indexOf(Number(version)) + 1}»`,
    ),
  )
  const head = JSON.stringify({ ...scenario, steps: undefined }).slice(1, -1)
  writeFileSync(file, `{${head},"steps":[\n ${steps.join(',\n ')}\n]}\n`)
  console.log(`${name}: ${steps.length} steps`)
}

try {
  const all = readdirSync(folder).filter((one) => one.endsWith('.json'))
  const listed = all.map((one) => one.slice(0, -5))
  for (const name of listed.filter((one) => wanted.length === 0 || wanted.includes(one))) {
    await record(name)
  }
} finally {
  await pool.close()
  await plane.close()
}
