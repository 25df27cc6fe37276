/**
 * Plays the exchanges recorded from a real kube-apiserver against the embedded one, in process.
 * The scenarios that need a real kubectl are played by hand (src/embedded/kube-api/README.md).
 */
import { readdirSync } from 'node:fs'
import { realEnv } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
import { afterAll, describe, expect, it } from 'vitest'
import { disturbing, peaceful, player, playScenario } from './kube-api-player.ts'

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

describe('the embedded API server answers as kube-apiserver did, in process', () => {
  for (const scenario of [...peaceful, ...disturbing]) {
    it(`${scenario.name}: ${scenario.title}`, { timeout: 90_000 }, async () => {
      const { outcome, failure } = await playScenario(scenario, options)
      expect(failure).toBeUndefined()
      expect(outcome).toBe('passed')
    })
  }

  it('in every scenario that was given, and every one of our own', () => {
    const files = ['conformance/kube-api', 'kube-api-recorded'].flatMap((folder) =>
      readdirSync(new URL(folder, import.meta.url)).filter(
        (name) => name.endsWith('.json') && !name.startsWith('kubectl-'),
      ),
    )
    const played = [...peaceful, ...disturbing].map(({ name }) => `${name}.json`)
    expect(played.toSorted()).toEqual(files.toSorted())
    expect(files.length).toBeGreaterThanOrEqual(75)
  })
})
