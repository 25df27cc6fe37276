/** Plays one recorded case, as the runner of conformance/git-sync does, in this process. */
import type { AnyObject } from '#api'
import type { JsonObject } from '#base'
import { objectsIn, type Case, type Fields } from './case-files.ts'
import { CaseRepositories, startWorld, type World } from './world.ts'
import type { GitSyncOptions } from '#controllers/git-sync'

interface Observe {
  readonly KINDS: readonly (readonly [string, string])[]
  readonly GIT: string
  readonly SYNC: string
  readonly USER: string
  readonly look: (ctx: Fields, mirror: Fields, ids: readonly string[]) => Fields
  readonly busy: (ctx: Fields, mirror: Fields, ids: readonly string[]) => string | undefined
  readonly compare: (
    want: Fields,
    got: Fields,
    level: string,
    loose?: readonly string[],
  ) => readonly string[]
}

const observeFile = '../conformance/git-sync/lib/observe.mjs'
const observe = (await import(observeFile)) as Observe
const { look, busy, compare } = observe

const holdMs = 400
const apiVersions: Readonly<Record<string, string>> = {
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
}

/** What differs from the recording, step by step; empty when nothing does. */
export async function playCase(
  of: Case,
  options: Partial<GitSyncOptions> = {},
  stepMs: number = 20_000,
): Promise<readonly string[]> {
  const world = await startWorld({ drift: 'interval', ...options })
  try {
    return await new Player(world, of, stepMs).play()
  } finally {
    await world.stop()
  }
}

class Player {
  readonly #world: World
  readonly #case: Case
  readonly #repositories: CaseRepositories
  readonly #ctx: Fields
  readonly #kinds: (readonly [string, string])[]
  readonly #accessNow: Fields = {}
  readonly #stepMs: number
  #stamp = 0

  constructor(world: World, of: Case, stepMs: number) {
    this.#world = world
    this.#case = of
    this.#stepMs = stepMs
    this.#repositories = new CaseRepositories(world, of)
    this.#kinds = [
      ...observe.KINDS,
      ...Object.entries(apiVersions).map(([kind, apiVersion]) => [apiVersion, kind] as const),
      ...((of.meta['kinds'] ?? []) as Fields[]).map(
        (entry) => [entry['apiVersion'], entry['kind']] as const,
      ),
    ]
    this.#ctx = {
      id: of.id,
      repos: this.#repositories.repos,
      given: new Set<string>(),
      tokens: new Map<string, string>(),
      order: of.meta['order'],
    }
  }

  async play(): Promise<readonly string[]> {
    const { meta, steps, recorded, id } = this.#case
    const initial = await this.#repositories.initial()
    if (initial.length === 0 && id !== 'repository-missing') await this.#repositories.init()
    for (const action of initial) await this.#repositories.commit(this.#fill(action))
    this.#access((meta['access'] ?? {}) as Fields)
    for (const namespace of [id, ...((meta['namespaces'] ?? []) as string[])]) {
      await this.#apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
    }
    for (const action of (meta['before'] ?? []) as Fields[]) await this.#act(action)
    const all = [{ name: 'given', ...(meta['given'] as Fields | undefined) }, ...steps] as Fields[]
    for (const [index, step] of all.entries()) {
      if (index === 0) await this.#given()
      else await this.#act(step)
      const want = recorded.checkpoints[index]
      if (want === undefined) return [`nothing recorded for step ${index}`]
      const differences = await this.#check(step, want)
      if (differences.length > 0)
        return differences.map((line) => `[${step['name'] ?? index}] ${line}`)
      await this.#look()
      this.#ctx['marks'] = this.#ctx['nowMarks']
    }
    return []
  }

  async #given(): Promise<void> {
    for (const object of this.#case.given) await this.#apply(this.#fill(object))
  }

  async #check(step: Fields, want: Fields): Promise<readonly string[]> {
    const end = performance.now() + this.#stepMs
    const hold = step['hold'] === undefined ? holdMs : Math.max(holdMs, Number(step['hold']) * 150)
    let goodSince: number | undefined
    for (;;) {
      await this.#world.env.clock.sleep(40)
      const state = await this.#look()
      const mirror = { objects: this.#ctx['objects'] as Map<string, Fields> }
      const waiting =
        step['busy'] === undefined ? busy(this.#ctx, mirror, [this.#case.id]) : undefined
      const loose = this.#case.meta['loose'] as readonly string[] | undefined
      const differences = waiting === undefined ? compare(want, state, 'status', loose) : [waiting]
      const now = performance.now()
      if (differences.length === 0) {
        goodSince ??= now
        if (now - goodSince >= hold) return []
      } else goodSince = undefined
      if (now > end && differences.length > 0) return differences
      // It came late, on a machine that does much else; whether it stays so is still seen.
      if (now > end + this.#stepMs) return ['never settled']
    }
  }

  async #look(): Promise<Fields> {
    const revision = this.#world.api.revision()
    if (this.#ctx['revision'] !== revision) await this.#listAll()
    this.#ctx['revision'] = revision
    const objects = this.#ctx['objects'] as Map<string, Fields>
    return look(this.#ctx, { objects }, [this.#case.id])
  }

  async #listAll(): Promise<void> {
    const objects = new Map<string, Fields>()
    for (const [apiVersion, kind] of this.#kinds) {
      const resource = await this.#world.client.resourceOf(apiVersion, kind)
      if (resource === null) continue
      const { items } = await this.#world.client.list(resource)
      for (const item of items) {
        const { name, namespace = '' } = item.metadata
        objects.set(`${apiVersion}/${kind}|${namespace}/${name}`, { ...item, apiVersion, kind })
      }
    }
    this.#ctx['objects'] = objects
  }

  async #act(given: Fields): Promise<void> {
    const a = given
    const list = (value: unknown): readonly Fields[] =>
      typeof value === 'string'
        ? objectsIn(value)
        : Array.isArray(value)
          ? (value as Fields[])
          : [value as Fields]
    if (a['git'] !== undefined) this.#access(this.#fill(a['git'] as Fields))
    for (const entry of a['commit'] === undefined ? [] : list(a['commit'])) {
      await this.#repositories.commit(
        typeof entry === 'object' ? this.#fill(entry) : { from: `repo.${String(entry)}` },
      )
    }
    if (a['tag'] !== undefined) for (const tag of list(a['tag'])) await this.#repositories.tag(tag)
    if (a['removeRef'] !== undefined) {
      const refs = Array.isArray(a['removeRef']) ? (a['removeRef'] as unknown[]) : [a['removeRef']]
      for (const ref of refs as (string | Fields)[]) {
        await this.#repositories.removeRef(typeof ref === 'string' ? ref : String(ref['ref']))
      }
    }
    if (a['head'] !== undefined)
      await this.#world.git.setHead(this.#case.id, String(a['head']).replace('refs/heads/', ''))
    if (a['create'] !== undefined)
      for (const object of list(a['create'])) await this.#create(object)
    if (a['apply'] !== undefined) {
      for (const { manager, ...object } of list(a['apply']))
        await this.#apply(this.#fill(object), manager as string | undefined)
    }
    if (a['patch'] !== undefined) for (const patch of list(a['patch'])) await this.#patch(patch)
    if (a['delete'] !== undefined)
      for (const target of list(a['delete'])) await this.#delete(target)
    let wake = a['reconcile'] as readonly string[] | undefined
    if (
      wake === undefined &&
      [a['commit'], a['tag'], a['removeRef']].some((x) => x !== undefined)
    ) {
      await this.#look()
      const objects = this.#ctx['objects'] as Map<string, Fields>
      wake = [...objects.values()]
        .filter((object) => object['kind'] === 'GitRepository')
        .map((object) => `GitRepository/${object['metadata'].namespace}/${object['metadata'].name}`)
    }
    for (const name of wake ?? []) await this.#request(name)
    if (a['wait'] !== undefined) await this.#world.env.clock.sleep(Number(a['wait']) * 200)
  }

  #access(change: Fields): void {
    Object.assign(this.#accessNow, change)
    const { basic, down, status } = this.#accessNow
    this.#world.git.behave({
      ...(basic ? { auth: basic } : {}),
      ...(down === true ? { status: 503 } : status ? { status } : {}),
    })
  }

  async #request(name: string): Promise<void> {
    const parts = name.split('/')
    const [kind = '', namespace = '', object = ''] =
      parts.length === 3 ? parts : [parts[0], this.#case.id, parts[1]]
    const token = `${++this.#stamp}-asked`
    ;(this.#ctx['tokens'] as Map<string, string>).set(`${kind}/${namespace}/${object}`, token)
    await this.#patch({
      kind,
      name: object,
      namespace,
      manager: observe.USER,
      merge: { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': token } } },
    })
  }

  async #resource(apiVersion: string, kind: string): ReturnType<World['client']['resourceOf']> {
    for (let turn = 0; ; turn++) {
      const found = await this.#world.client.resourceOf(apiVersion, kind)
      if (found !== null || turn > 50) return found
      await this.#world.env.clock.sleep(50)
    }
  }

  async #apply(object: Fields, manager: string = observe.USER): Promise<void> {
    const placed = await this.#placed(object)
    const resource = await this.#resource(placed.apiVersion, placed.kind)
    if (resource === null) throw new Error(`no kind ${placed.kind}`)
    if (manager === observe.USER) (this.#ctx['given'] as Set<string>).add(keyOf(placed))
    await this.#world.client.apply(resource, placed, { fieldManager: manager, force: true })
  }

  async #create({ manager = 'kubectl-create', ...object }: Fields): Promise<void> {
    const placed = await this.#placed(this.#fill(object))
    const resource = await this.#resource(placed.apiVersion, placed.kind)
    if (resource === null) throw new Error(`no kind ${placed.kind}`)
    await this.#world.client.create(resource, placed, { fieldManager: String(manager) })
  }

  async #placed(object: Fields): Promise<AnyObject> {
    const resource = await this.#resource(String(object['apiVersion']), String(object['kind']))
    if (resource?.namespaced !== true || object['metadata'].namespace !== undefined)
      return object as AnyObject
    return { ...object, metadata: { ...object['metadata'], namespace: this.#case.id } } as AnyObject
  }

  async #patch(patch: Fields): Promise<void> {
    const kind = String(patch['kind'])
    const resource = await this.#resource(
      String(patch['apiVersion'] ?? apiVersions[kind] ?? 'v1'),
      kind,
    )
    if (resource === null) throw new Error(`no kind ${kind}`)
    const key = {
      namespace: String(patch['namespace'] ?? this.#case.id),
      name: String(patch['name']),
    }
    await this.#world.client.patch(
      resource,
      resource.namespaced ? key : { name: key.name },
      this.#fill((patch['json'] ?? patch['merge']) as Fields),
      {
        type: patch['json'] === undefined ? 'merge' : 'json',
        fieldManager: String(patch['manager'] ?? 'kubectl-edit'),
        ...(patch['subresource'] === 'status' ? { subresource: 'status' as const } : {}),
      },
    )
  }

  async #delete(target: Fields): Promise<void> {
    const kind = String(target['kind'])
    const resource = await this.#resource(
      String(target['apiVersion'] ?? apiVersions[kind] ?? 'v1'),
      kind,
    )
    if (resource === null) throw new Error(`no kind ${kind}`)
    const key = {
      namespace: String(target['namespace'] ?? this.#case.id),
      name: String(target['name']),
    }
    await this.#world.client.delete(resource, resource.namespaced ? key : { name: key.name }, {
      propagation: 'Background',
    })
  }

  #fill<T>(value: T): T {
    const text = (given: string): string =>
      given.replace(/\$\{([A-Z_]+)(?::([\w -]+))?\}/g, (all, name: string, argument?: string) => {
        if (name === 'GIT_URL')
          return `${this.#world.gitUrl}/${this.#repositories.nameOf(argument)}.git`
        if (name === 'HTTPS_URL')
          return `${this.#world.tls.url}/${this.#repositories.nameOf(argument)}.git`
        if (name === 'CA_CRT') return this.#world.tls.ca
        if (name === 'COMMIT')
          return this.#repositories.commits.find(({ label }) => label === argument)?.sha ?? all
        return all
      })
    const walk = (entry: unknown): unknown => {
      if (typeof entry === 'string') return text(entry)
      if (Array.isArray(entry)) return entry.map(walk)
      if (entry === null || typeof entry !== 'object') return entry
      return Object.fromEntries(
        Object.entries(entry as JsonObject).map(([key, inner]) => [key, walk(inner)]),
      )
    }
    return walk(value) as T
  }
}

function keyOf(object: Fields): string {
  const apiVersion = String(object['apiVersion'])
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''
  const { name, namespace } = object['metadata'] as { name: string; namespace?: string }
  return `${String(object['kind'])}${group}/${namespace === undefined ? '' : `${namespace}/`}${name}`
}
