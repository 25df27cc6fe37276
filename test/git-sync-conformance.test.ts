/** What Flux was seen to do from Git to cluster, played against ours; see conformance/git-sync. */
import { describe, expect, it } from 'vitest'
import { readCases } from './git-sync/case-files.ts'
import { playCase } from './git-sync/player.ts'

/** Cases that do not end in the recorded place yet, and why. May only shrink. */
const notYet: Readonly<Record<string, string>> = {}

const only = process.env['LOCKSTEP_CASES']
const cases = readCases().filter(({ id }) => only === undefined || new RegExp(only).test(id))

describe('Git sync ends where Flux ended', () => {
  for (const of of cases) {
    const why = notYet[of.id]
    const title = `${of.id}: ${String(of.meta['title'])}${why === undefined ? '' : ` (not yet: ${why})`}`
    it.concurrent(title, { timeout: 90_000 }, async () => {
      const differences = await playCase(of)
      if (why === undefined) expect(differences).toEqual([])
      else expect(differences, 'it works now: take it off the list').not.toEqual([])
    })
  }
})
