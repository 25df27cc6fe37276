/** The player of recorded exchanges (test/conformance/kube-api), as tests use it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

export interface Scenario {
  readonly name: string
  readonly title: string
  readonly needs?: readonly string[]
  readonly steps: readonly { readonly id: string }[]
}

export interface Result {
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly failure?: unknown
}

/** One exchange as the player asks for it. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Without credentials. */
  readonly anonymous?: boolean
  readonly signal?: AbortSignal
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: AsyncIterable<Uint8Array>
}

export interface PlayOptions {
  readonly transport: (asked: Asked) => Promise<Answered>
  readonly compact: (revision: string) => Promise<void>
  /** Factor on time limits. */
  readonly patience?: number
}

/** A player's run: it sends steps and keeps their answers. */
export interface Session {
  send(step: unknown): Promise<{
    readonly status: number
    readonly headers: Answered['headers']
    readonly text: string
    readonly body?: unknown
  }>
}

interface Player {
  readonly Session: new (
    options: { readonly transport: PlayOptions['transport'] },
    run: string,
  ) => Session
  readonly loadScenarios: (...folders: readonly string[]) => Promise<readonly Scenario[]>
  readonly playScenario: (scenario: Scenario, options: PlayOptions) => Promise<Result>
  readonly fetchTransport: (
    handle: (request: Request) => Promise<Response>,
  ) => PlayOptions['transport']
}

const given = fileURLToPath(new URL('./conformance/kube-api', import.meta.url))

/** Scenarios recorded by us; see the README there. */
const own = fileURLToPath(new URL('./kube-api-recorded', import.meta.url))

export const player: Player = (await import(pathToFileURL(`${given}/play.mjs`).href)) as Player

// Our own recordings pause where the real server takes notice of a change in its own time; this one does at once.
function withoutPauses(scenario: Scenario): Scenario {
  return { ...scenario, steps: scenario.steps.filter(({ id }) => !id.startsWith('pause-')) }
}

const scenarios = (await player.loadScenarios(given, own))
  .filter(({ needs = [] }) => !needs.includes('kubectl'))
  .map(withoutPauses)

const isDisturbing = ({ needs = [] }: Scenario): boolean => needs.includes('compaction')

/** Those that may run beside others, and those that must run alone, after them. */
export const peaceful: readonly Scenario[] = scenarios.filter((one) => !isDisturbing(one))
export const disturbing: readonly Scenario[] = scenarios.filter(isDisturbing)

/**
 * Plays one. Where an answer holds an age, which counts whole seconds from a time without fractions, it
 * begins with a second, and is over within it.
 */
export async function playScenario(scenario: Scenario, options: PlayOptions): Promise<Result> {
  const hasAges = JSON.stringify(scenario.steps).includes('"0s"')
  if (hasAges) await sleep(1_000 - (Date.now() % 1_000))
  return await player.playScenario(scenario, options)
}
