/** What Flux was seen to do from Git to cluster, played against ours; see conformance/git-sync. */
import { beforeAll, describe, expect, it } from 'vitest'
import { realEnv } from '#base/env'
import { readCases } from './git-sync/case-files.ts'
import { playCase } from './git-sync/player.ts'

/** Cases that do not end in the recorded place yet, and why. May only shrink. */
const notYet: Readonly<Record<string, string>> = {
  'depends-ready-expr': 'readyExpr (CEL) comes with the full Kustomization',
  'kustomize-ignore-missing-components': 'spec.components comes with the full Kustomization',
  'kustomize-images-merge': 'spec.images comes with the full Kustomization',
  'kustomize-missing-component': 'spec.components comes with the full Kustomization',
  'kustomize-prefix-suffix': 'spec.namePrefix comes with the full Kustomization',
  'plain-unknown-field':
    'the peer drops unknown fields of built-in kinds before it applies; ours reports them',
}

/** Cases where ours ends elsewhere on purpose, and why. */
const differs: Readonly<Record<string, string>> = {
  'order-first-stage-stays': 'the inventory names what the first stage has written',
  'ref-name': 'a commit is fetched by its own reference',
}

/**
 * Cases that cannot be judged here: what they need is not in the embedded API server, not on this
 * machine, or was lost in copying, or how they end is up to chance. They are played all the same; nothing may throw.
 */
const unjudged: Readonly<Record<string, string>> = {
  'order-crd-later':
    'goes on by itself at its next try, which chance puts before or after the moment that is looked at',
  'plain-symlink-inside': 'the copy of the case holds a file where there was a link',
  'kustomize-secret-generator': 'origin annotations come with the full Kustomization',
  'kustomize-unknown-field': 'newer kustomize binaries refuse what the recorded one passed over',
  'layout-policy-deny': 'the embedded API server has no admission policies',
}

const only = process.env['LOCKSTEP_CASES']
const cases = readCases().filter(({ id }) => only === undefined || new RegExp(only).test(id))

// Most of a case is waiting to see that nothing more happens, so many are played at a time.
const lanes = 12
const played = new Map(cases.map(({ id }) => [id, Promise.withResolvers<readonly string[]>()]))

/** Cases that only the real kustomize can render. */
const needsKustomize = new RegExp(
  [
    '^kustomize-(?!target-namespace|common-metadata)',
    '^layout-(apps-per-team|clusters-base-environments)',
    '^plain-(too-big|symlink-listed)',
  ].join('|'),
)
const hasKustomize = (await realEnv().spawn.find('kustomize')) !== null

function whyUnjudged(id: string): string | undefined {
  if (!hasKustomize && needsKustomize.test(id)) return 'kustomize is not on PATH'
  return unjudged[id]
}

function whyNotSo(id: string): string | undefined {
  return notYet[id] ?? differs[id] ?? whyUnjudged(id)
}

async function playAll(): Promise<void> {
  const waiting = [...cases]
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const result = played.get(next.id)
      const stepMs = whyNotSo(next.id) === undefined ? 30_000 : 5_000
      await playCase(next, {}, stepMs).then(result?.resolve, result?.reject)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

describe('Git sync ends where Flux ended', () => {
  beforeAll(() => {
    for (const { promise } of played.values()) promise.catch(() => {}) // told by its own test
    void playAll()
  })
  for (const { id, meta } of cases) {
    const why = whyNotSo(id)
    const title = `${id}: ${String(meta['title'])}${why === undefined ? '' : ` (not so here: ${why})`}`
    it(title, { timeout: 180_000 }, async () => {
      const differences = await played.get(id)?.promise
      if (whyUnjudged(id) !== undefined) return
      if (why === undefined) expect(differences).toEqual([])
      else expect(differences, 'it works now: take it off the list').not.toEqual([])
    })
  }
})
