/** Plays a recorded case: what is given, then step by step, each held against the recorded outcome. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { simEnv } from '#base/env'
import { parse, parseAllDocuments } from 'yaml'

import { ordered, snapshot, type Play, type Stage } from './snapshot.ts'
import { startOperator, startWorld, type Answer, type Body, type World } from './world.ts'

/** Where the cases lie, unchanged from their recording. */
export const casesFolder: string = 'test/conformance/external-secret'

const settleMs = 30_000
const holdMs = 1_500

/** How a case ended; no differences: as recorded. */
export interface Outcome {
  readonly stage?: string
  readonly differences: readonly string[]
}

/** Cases of our own, recorded in the same way. */
export const ownCasesFolder: string = 'test/external-secret/recorded'

/** Plays one case in a world of its own. */
export async function playCase(name: string, cases: string = casesFolder): Promise<Outcome> {
  const env = simEnv(1)
  return await env.clock.run(async () => {
    const world = await startWorld(env)
    const operator = startOperator(world)
    try {
      return await playIn(world, join(cases, name))
    } finally {
      await operator.stop()
      await world.stop()
    }
  })
}

/** A bundle for a server that is reached without TLS: nobody looks into it. */
const authority = Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64')

async function playIn(world: World, folder: string): Promise<Outcome> {
  const ns = 't-0a1b2c3d'
  const fill = (text: string): string =>
    text
      .replaceAll('${ns}', ns)
      .replaceAll('${apiserver}', world.server)
      .replaceAll('${ca}', authority)
  const given = fill(readFileSync(join(folder, 'given.yaml'), 'utf8'))
  const documents = parseAllDocuments(given).flatMap((d) => (d.toJS() as Body | null) ?? [])
  const head = documents[0]?.['kind'] === 'Case' ? (documents.shift() as Body) : {}
  const stepsFile = join(folder, 'steps.yaml')
  const steps = existsSync(stepsFile)
    ? (parse(fill(readFileSync(stepsFile, 'utf8'))) as Body[])
    : []
  const recorded = JSON.parse(readFileSync(join(folder, 'then.json'), 'utf8')) as {
    stages: Stage[]
  }
  const play: Play = {
    world,
    ns,
    spaces: new Set([ns]),
    shapes: head['shapes'] ?? [],
    ignore: head['ignore'] ?? [],
    refused: [],
    seen: new Map(),
    awaitsStores: head['dontAwaitStores'] !== true,
  }
  await world.call('POST', '/api/v1/namespaces', {
    metadata: { name: ns, labels: { 'conformance-run': ns } },
  })
  const stages: (readonly [string, () => Promise<void>])[] = [
    ['given', async () => applyAll(play, documents, 'given')],
    ...steps.map(
      (step, i) => [`step ${i + 1}`, async () => actAll(play, step, `step ${i + 1}`)] as const,
    ),
  ]
  for (const [i, [stage, go]] of stages.entries()) {
    await go()
    const differences = await differencesTo(play, recorded.stages[i] as Stage)
    if (differences.length > 0) return { stage, differences }
  }
  return { differences: [] }
}

async function applyAll(play: Play, documents: readonly Body[], where: string): Promise<void> {
  for (const [i, document] of documents.entries()) await apply(play, document, `${where} ${i + 1}`)
}

async function actAll(play: Play, step: Body, where: string): Promise<void> {
  for (const action of [step].flat()) await act(play, action, where)
}

async function act(play: Play, action: Body, where: string): Promise<void> {
  const [verb, arg] = Object.entries(action)[0] as [string, Body]
  switch (verb) {
    case 'apply':
      for (const document of [arg].flat()) await apply(play, document, where)
      return
    case 'patch': {
      const type =
        arg['type'] === 'json' ? 'application/json-patch+json' : 'application/merge-patch+json'
      const path = `${await objectPath(play, arg)}?fieldManager=${arg['fieldManager'] ?? 'conformance'}`
      return refusable(play, where, arg, await play.world.call('PATCH', path, arg['patch'], type))
    }
    case 'annotate': {
      const patch = { metadata: { annotations: arg['annotations'] } }
      const path = `${await objectPath(play, arg)}?fieldManager=conformance`
      const type = 'application/merge-patch+json'
      return refusable(play, where, arg, await play.world.call('PATCH', path, patch, type))
    }
    case 'delete':
      return remove(play, arg, where)
    case 'wait': {
      const path = await objectPath(play, arg)
      const isMet = async (): Promise<boolean> => satisfies(await play.world.call('GET', path), arg)
      if (await until(play, isMet, (arg['seconds'] ?? 30) * 1_000)) return
      play.refused.push({ at: where, message: `waited in vain for ${arg['kind']} ${arg['name']}` })
      return
    }
    case 'sleep':
      return play.world.env.clock.sleep(Number(arg) * 1_000)
    default:
      throw new Error(`unknown action ${verb}`)
  }
}

async function remove(play: Play, arg: Body, where: string): Promise<void> {
  const path = await objectPath(play, arg)
  const body = { propagationPolicy: arg['propagationPolicy'] ?? 'Background' }
  refusable(play, where, arg, await play.world.call('DELETE', path, body))
  if (arg['gone'] === false) return
  await until(play, async () => (await play.world.call('GET', path)).code === 404, 20_000)
}

function satisfies({ code, json }: Answer, want: Body): boolean {
  if (want['absent']) return code === 404
  if (code !== 200) return false
  if (want['condition']) {
    const conditions = (json['status']?.conditions ?? []) as Body[]
    const found = conditions.find((c) => c['type'] === want['condition'])
    if (found === undefined) return false
    return (
      (!want['status'] || found['status'] === String(want['status'])) &&
      (!want['reason'] || found['reason'] === want['reason'])
    )
  }
  return Object.entries((want['data'] ?? {}) as Record<string, string>).every(
    ([key, value]) => Buffer.from(json['data']?.[key] ?? '', 'base64').toString() === value,
  )
}

async function until(play: Play, test: () => Promise<boolean>, ms: number): Promise<boolean> {
  const { clock } = play.world.env
  for (const end = clock.now() + ms; clock.now() < end; await clock.sleep(150)) {
    if (await test()) return true
  }
  return false
}

function refusable(play: Play, at: string, ref: Body, { code, json }: Answer): void {
  if (code >= 200 && code < 300) return
  const object = `${ref['kind']} ${ref['metadata']?.name ?? ref['name']}`
  play.refused.push({ at, object, code, reason: json['reason'], message: json['message'] })
}

async function apply(play: Play, given: Body, where: string): Promise<void> {
  const { world } = play
  const document = await withUids(play, given)
  const { folder, object } = await pathsOf(play, document)
  if (document['kind'] === 'Namespace') play.spaces.add(document['metadata'].name as string)
  const query = '?fieldManager=conformance&fieldValidation=Strict'
  let answer = await world.call('POST', folder + query, document)
  if (answer.code === 409) {
    const now = (await world.call('GET', object)).json
    const next = { ...now, ...document, metadata: { ...now['metadata'], ...document['metadata'] } }
    answer = await world.call('PUT', object + query, next)
  }
  refusable(play, where, document, answer)
  const isStore = String(document['kind']).endsWith('SecretStore')
  if (answer.code >= 300 || !isStore || !play.awaitsStores) return
  const hasCondition = async (): Promise<boolean> =>
    ((await world.call('GET', object)).json['status']?.conditions?.length ?? 0) > 0
  await until(play, hasCondition, 8_000)
}

async function withUids(play: Play, document: Body): Promise<Body> {
  let text = JSON.stringify(document)
  for (const [all, kind = '', name = ''] of text.matchAll(/\$\{uid (\w+) ([^}]+)\}/g)) {
    const { json } = await play.world.call('GET', await objectPath(play, { kind, name }))
    text = text.replaceAll(all, json['metadata'].uid as string)
  }
  return JSON.parse(text) as Body
}

const apiVersions: Readonly<Record<string, string>> = {
  Secret: 'v1',
  ConfigMap: 'v1',
  Namespace: 'v1',
  ServiceAccount: 'v1',
  ExternalSecret: 'external-secrets.io/v1',
  SecretStore: 'external-secrets.io/v1',
  ClusterSecretStore: 'external-secrets.io/v1',
}

async function objectPath(play: Play, ref: Body): Promise<string> {
  return (await pathsOf(play, ref)).object
}

async function pathsOf(play: Play, ref: Body): Promise<{ folder: string; object: string }> {
  const apiVersion = (ref['apiVersion'] ?? apiVersions[ref['kind'] as string] ?? 'v1') as string
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const { json } = await play.world.call('GET', base)
  const kinds = (json['resources'] ?? []) as Body[]
  const found = kinds.find((r) => r['kind'] === ref['kind'] && !String(r['name']).includes('/'))
  if (found === undefined) throw new Error(`${apiVersion} ${ref['kind']} is not served`)
  const space = ref['metadata']?.namespace ?? ref['namespace'] ?? play.ns
  const folder = found['namespaced']
    ? `${base}/namespaces/${space}/${found['name']}`
    : `${base}/${found['name']}`
  return { folder, object: `${folder}/${ref['metadata']?.name ?? ref['name']}` }
}

/** Waits until the state is the recorded one and stays so. @returns what still differs, line by line. */
async function differencesTo(play: Play, want: Stage): Promise<readonly string[]> {
  const { clock } = play.world.env
  let since: number | undefined
  let got = await snapshot(play)
  for (const end = clock.now() + settleMs; clock.now() < end; got = await snapshot(play)) {
    if (linesOf(want).join('\n') === linesOf(got).join('\n')) {
      since ??= clock.now()
      if (clock.now() - since >= holdMs) return []
    } else since = undefined
    await clock.sleep(300)
  }
  const differences = lineDifferences(linesOf(want), linesOf(got))
  return differences.length > 0 ? differences : ['reached, but did not stay']
}

function linesOf(stage: Stage): readonly string[] {
  const { refused, secrets, resources, events } = stage
  return JSON.stringify(ordered({ refused, secrets, resources, events }), null, 1).split('\n')
}

function lineDifferences(want: readonly string[], got: readonly string[]): readonly string[] {
  const rest = [...got]
  const missing = want.filter((line) => {
    const at = rest.indexOf(line)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
  return [...missing.map((line) => `- ${line.trim()}`), ...rest.map((line) => `+ ${line.trim()}`)]
}
