/**
 * Plays the exchanges recorded from a real kube-apiserver against the embedded one, in process.
 * The scenarios that need a real kubectl are played by hand (src/embedded/kube-api/README.md).
 */
import { fileURLToPath, pathToFileURL } from 'node:url'
import { realEnv } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
import { afterAll, describe, expect, it } from 'vitest'

/** Recorded scenarios that the embedded server does not pass yet, and why. This list only shrinks. */
const notYet: Readonly<Record<string, string>> = {}

interface Scenario {
  readonly name: string
  readonly title: string
  readonly needs?: readonly string[]
}

interface Result {
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly failure?: unknown
}

interface Player {
  readonly loadScenarios: (folder: string) => Promise<readonly Scenario[]>
  readonly playScenario: (scenario: Scenario, options: object) => Promise<Result>
  readonly fetchTransport: (handle: (request: Request) => Promise<Response>) => unknown
}

const folder = fileURLToPath(new URL('./conformance/kube-api', import.meta.url))
const player = (await import(pathToFileURL(`${folder}/play.mjs`).href)) as Player
const scenarios = (await player.loadScenarios(folder)).filter(
  ({ needs = [] }) => !needs.includes('kubectl'),
)

const api = createKubeApi({ env: realEnv() })
afterAll(() => api.close())

// The player's mark for "no credentials" becomes a header that no API server takes for a login.
function handle(request: Request): Promise<Response> {
  const isNobody = request.headers.get('x-play-anonymous') === 'true'
  if (isNobody && !request.headers.has('authorization')) {
    request.headers.set('authorization', 'Basic bm9ib2R5Og==')
  }
  return api.handle(request)
}

const options = {
  transport: player.fetchTransport(handle),
  compact: (revision: string) => Promise.resolve(api.compact(Number(revision))),
}

const isDisturbing = ({ needs = [] }: Scenario): boolean => needs.includes('compaction')
const passing = scenarios.filter(({ name }) => notYet[name] === undefined)
const inOrder = [...passing.filter((one) => !isDisturbing(one)), ...passing.filter(isDisturbing)]

describe('the embedded API server answers as kube-apiserver did', () => {
  for (const scenario of inOrder) {
    it(`${scenario.name}: ${scenario.title}`, { timeout: 90_000 }, async () => {
      const { failure } = await player.playScenario(scenario, options)
      expect(failure).toBeUndefined()
    })
  }
})

describe('what it does not do yet', () => {
  it('is listed by name, and nothing listed passes', { timeout: 90_000 }, async () => {
    const listed = scenarios.filter(({ name }) => notYet[name] !== undefined)
    const impatient = { ...options, patience: 0.05 }
    const results = await Promise.all(
      listed.map(async (scenario) => ({
        name: scenario.name,
        outcome: (await player.playScenario(scenario, impatient)).outcome,
      })),
    )
    expect(results.filter(({ outcome }) => outcome === 'passed')).toEqual([])
    expect(
      Object.keys(notYet).filter((name) => !scenarios.some((one) => one.name === name)),
    ).toEqual([])
  })
})
