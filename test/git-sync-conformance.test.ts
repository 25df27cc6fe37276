/** What Flux was seen to do from Git to cluster, played against ours; see conformance/git-sync. */
import { describe, expect, it, vi } from 'vitest'
import { readCases } from './git-sync/case-files.ts'
import { playCase } from './git-sync/player.ts'

/** Cases that do not end in the recorded place yet, and why. May only shrink. */
const notYet: Readonly<Record<string, string>> = {
  'depends-ready-expr': 'readyExpr (CEL) comes with the full Kustomization',
  'plain-unknown-field':
    'the peer drops unknown fields of built-in kinds before it applies; ours reports them',
}

/** Cases where ours ends elsewhere on purpose, and why. */
const differs: Readonly<Record<string, string>> = {
  'order-crd-later': 'goes on by itself when the definition appears',
  'order-first-stage-stays': 'the inventory names what the first stage has written',
  'ref-name': 'a commit is fetched by its own reference',
}

/**
 * Cases that cannot be judged here: what they need is not in the embedded API server, not on this
 * machine, or was lost in copying. They are played all the same; nothing may throw.
 */
const unjudged: Readonly<Record<string, string>> = {
  'immutable-job': 'the embedded API server does not fill Jobs in as the real one does',
  'invalid-keeps-old': 'the embedded API server does not validate ports of Services',
  'order-kinds': 'the embedded API server does not fill Jobs in as the real one does',
  'plain-invalid-one-of-many': 'the embedded API server does not validate ports of Services',
  'plain-symlink-inside': 'the copy of the case holds a file where there was a link',
  'plain-too-big': 'needs the kustomize binary',
  'wait-custom-ready-false': 'the embedded API server has no manager for status of definitions',
  'wait-job-failed': 'the embedded API server does not fill Jobs in as the real one does',
}

// Most of a case is waiting for nothing more to happen.
vi.setConfig({ maxConcurrency: 16 })

const only = process.env['LOCKSTEP_CASES']
const cases = readCases().filter(({ id }) => only === undefined || new RegExp(only).test(id))

describe('Git sync ends where Flux ended', () => {
  for (const of of cases) {
    const elsewhere = notYet[of.id] ?? differs[of.id]
    const why = elsewhere ?? unjudged[of.id]
    const title = `${of.id}: ${String(of.meta['title'])}${why === undefined ? '' : ` (not so here: ${why})`}`
    it.concurrent(title, { timeout: 90_000 }, async () => {
      const stepMs = why === undefined ? 20_000 : 4_000
      const differences = await playCase(of, {}, stepMs)
      if (of.id in unjudged) return
      if (elsewhere === undefined) expect(differences).toEqual([])
      else expect(differences, 'it works now: take it off the list').not.toEqual([])
    })
  }
})
