/** Skips what cannot be played here, each with its reason. */
import { beforeEach } from 'vitest'
import { embeddedOnly, ownPlaneOnly } from './embedded-only.ts'

const reasons =
  process.env['LOCKSTEP_TEST_BORROWED'] === undefined
    ? embeddedOnly
    : [...embeddedOnly, ...ownPlaneOnly]

beforeEach(({ task, skip }) => {
  const found = reasons.find(([name]) => task.name.includes(name))
  if (found !== undefined) skip(found[1])
})
