/** What each worker of a real run begins with: servers of its own, and a reason for each test it skips. */
import { beforeEach } from 'vitest'
import { ownPlaneOnly } from './embedded-only.ts'

/** Variables of each worker's servers, as the global setup started them. */
const servers = JSON.parse(process.env['LOCKSTEP_TEST_SERVERS'] ?? '[]') as readonly Readonly<
  Record<string, string>
>[]
const worker = Number(process.env['VITEST_POOL_ID'] ?? '1')
const own = servers[worker - 1]
Object.assign(process.env, own)

const reasons = process.env['LOCKSTEP_TEST_BORROWED'] === undefined ? [] : ownPlaneOnly

const deadlineMs = Number(process.env['LOCKSTEP_TEST_DEADLINE'] ?? 'Infinity')

beforeEach(({ task, skip }) => {
  // Never on the embedded servers in their place.
  if (own === undefined) skip('there is no control plane')
  if (Date.now() > deadlineMs) skip('out of time')
  const found = reasons.find(([name]) => task.name.includes(name))
  if (found !== undefined) skip(found[1])
})
