/** Runs templates over data, as the controllers would, and keeps what went wrong with its place. */
import { Fault, textOf, utf8, type Env } from '#base'
import { keysAndValues, type Engine } from '#template'
import { hintFor } from './hints.ts'
import type { Part, Piece, Subject } from './manifest.ts'
import { spotOf, type Placed, type Spot } from './place.ts'
import { renderTask, type Failure, type Made } from './render-task.ts'

/** What a template or a manifest came to. */
export type Trial = Tried & { readonly problems: readonly Problem[] }

type Tried =
  | { readonly kind: 'text'; readonly bytes: Uint8Array }
  | { readonly kind: 'secret'; readonly secret: RenderedSecret }

/** The Secret that a manifest's templates make. */
export interface RenderedSecret {
  readonly name: string
  readonly namespace: string | undefined
  readonly type: string
  readonly data: ReadonlyMap<string, Uint8Array>
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
}

/** One thing that is wrong. */
export interface Problem {
  readonly what: string
  /** The template's place in its object; absent where the file is the template. */
  readonly at?: string
  readonly spot?: Spot
  readonly hint?: string
}

type Data = ReadonlyMap<string, Uint8Array>

const timeoutMs = 10_000

/** A file that is a template. */
export async function renderText(
  placed: Placed,
  engine: Engine,
  data: Data,
  env: Env,
  signal: AbortSignal,
): Promise<Trial> {
  const job = { name: placed.origin?.file ?? 'template', text: placed.text }
  const [made] = await run([job], engine, data, env, signal)
  if (made?.kind !== 'failed') {
    return { kind: 'text', bytes: made?.bytes ?? new Uint8Array(), problems: [] }
  }
  const hint = hintFor(made, { engine, keys: [...data.keys()], declared: undefined })
  const problem = { ...problemOf(made, placed), ...(hint === undefined ? {} : { hint }) }
  return { kind: 'text', bytes: new Uint8Array(), problems: [problem] }
}

/** The templates of a manifest, in the order in which later ones win. */
export async function renderSubject(
  subject: Subject,
  data: Data,
  env: Env,
  signal: AbortSignal,
): Promise<Trial> {
  const { engine, pieces, keeps, declared } = subject
  const plain = Object.entries(subject.visible).map(([key, text]) => [key, utf8(text)] as const)
  const seen = new Map([...plain, ...data])
  const made = await run(pieces, engine, seen, env, signal)
  const sink = {
    data: new Map<string, Uint8Array>(keeps === 'all' ? data : []),
    labels: new Map(Object.entries(subject.labels)),
    annotations: new Map(Object.entries(subject.annotations)),
  }
  const problems: Problem[] = []
  for (const [i, piece] of pieces.entries()) {
    const one = made[i]
    if (one?.kind === 'made') {
      const wrong = put(piece, one.bytes, sink)
      if (wrong !== undefined) problems.push(wrong)
    } else if (one !== undefined) {
      const hint = hintFor(one, { engine, keys: [...seen.keys()], declared })
      problems.push({
        ...problemOf(one, piece),
        at: piece.at,
        ...(hint === undefined ? {} : { hint }),
      })
    }
  }
  for (const key of typeof keeps === 'object' ? keeps.above : []) {
    const value = data.get(key)
    if (value !== undefined) sink.data.set(key, value)
  }
  const { name, namespace, type = 'Opaque' } = subject
  return { kind: 'secret', secret: { name, namespace, type, ...sink }, problems }
}

async function run(
  jobs: readonly { readonly name: string; readonly text: string }[],
  engine: Engine,
  data: Data,
  env: Env,
  signal: AbortSignal,
): Promise<readonly Made[]> {
  return await env.compute.run(
    renderTask,
    {
      engine,
      jobs: jobs.map(({ name, text }) => ({ name, text })),
      data,
      nowMs: env.clock.now(),
      seed: env.entropy.bytes(32),
    },
    { timeoutMs, signal },
  )
}

function problemOf({ what, line, column }: Failure, placed: Placed): Problem {
  return { what, spot: spotOf(placed, line, column) }
}

interface Sink {
  readonly data: Map<string, Uint8Array>
  readonly labels: Map<string, string>
  readonly annotations: Map<string, string>
}

function put(piece: Piece, bytes: Uint8Array, sink: Sink): Problem | undefined {
  const entries = piece.pairs === undefined ? new Map([[piece.name, bytes]]) : pairsOf(piece, bytes)
  if (entries instanceof Fault) {
    const hint = 'it must render to a YAML map; quote its values: key: {{ .key | quote }}'
    return { what: entries.message, at: piece.at, hint }
  }
  for (const [key, value] of entries) putOne(piece.part, key, value, sink)
  return undefined
}

function putOne(part: Part, key: string, value: Uint8Array, sink: Sink): void {
  if (part === 'data') sink.data.set(key, value)
  else sink[part].set(key, textOf(value))
}

function pairsOf({ pairs }: Piece, bytes: Uint8Array): Data | Fault {
  try {
    return keysAndValues(bytes, pairs?.decoding)
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown
    throw thrown
  }
}
