import { describe, expect, it } from 'vitest'

import type { Condition } from '#api'
import {
  dueAt,
  isLeftOver,
  needsCheck,
  repairPauseMs,
  whyRefresh,
  type Due,
  type Seen,
} from './decide.ts'
import { createdByLabel, dataHashAnnotation, managedLabel } from './names.ts'
import type { Policy } from './policy.ts'

const hour = 3_600_000
const start = Date.UTC(2026, 0, 1)

const policy: Policy = {
  creation: 'Owner',
  deletion: 'Retain',
  refresh: 'Periodic',
  intervalMs: hour,
  immutable: false,
}

const target: NonNullable<Seen['target']> = {
  metadata: {
    name: 'app',
    namespace: 'web',
    uid: 'secret-1',
    resourceVersion: '10',
    labels: { [managedLabel]: 'true' },
    annotations: { [dataHashAnnotation]: 'abc' },
    ownerReferences: [
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        name: 'app',
        uid: 'es-1',
        controller: true,
      },
    ],
  },
  hasForeignData: false,
}

const synced: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'SecretSynced',
  message: 'secret synced',
}

/** An object that was synced ten minutes ago and is content. */
const content: Seen = {
  nowMs: start + 600_000,
  uid: 'es-1',
  policy,
  syncedVersion: '1-a',
  currentVersion: '1-a',
  isGenerated: false,
  lastRefreshMs: start,
  ready: synced,
  target,
  proven: { uid: 'secret-1', resourceVersion: '10' },
}

const unlabelled = { ...target, metadata: { ...target.metadata, labels: {} } }

const table: readonly (readonly [string, Partial<Seen>, Due | undefined])[] = [
  ['does nothing while nothing changed', {}, undefined],
  ['refreshes what was never synced', { syncedVersion: undefined }, 'NeverSynced'],
  ['refreshes what has no refresh time', { lastRefreshMs: undefined }, 'NeverSynced'],
  ['tries again after a failure', { ready: { ...synced, status: 'False' } }, 'LastTryFailed'],
  [
    'takes a refresh in the future for a clock that was set back',
    { lastRefreshMs: start + 660_000 },
    'IntervalElapsed',
  ],
  [
    'does not make new values because two clocks differ',
    { lastRefreshMs: start + 660_000, isGenerated: true },
    undefined,
  ],
  [
    'makes new values when the last ones are said to come from far ahead',
    { lastRefreshMs: start + 20 * 3_600_000, isGenerated: true },
    'IntervalElapsed',
  ],
  ['follows a changed spec or annotation', { currentVersion: '2-a' }, 'SpecChanged'],
  [
    'follows no changed spec with interval 0',
    { currentVersion: '2-a', policy: { ...policy, intervalMs: 0 } },
    undefined,
  ],
  [
    'follows no changed spec under CreatedOnce',
    { currentVersion: '2-a', policy: { ...policy, refresh: 'CreatedOnce' } },
    undefined,
  ],
  [
    'follows a changed spec under OnChange',
    { currentVersion: '2-a', policy: { ...policy, refresh: 'OnChange' } },
    'SpecChanged',
  ],
  ['refreshes when the interval is over', { nowMs: start + hour }, 'IntervalElapsed'],
  ['refreshes when the last refresh lies in the future', { nowMs: start - 1 }, 'IntervalElapsed'],
  [
    'never refreshes by time under OnChange',
    { nowMs: start + 9 * hour, policy: { ...policy, refresh: 'OnChange' } },
    undefined,
  ],
  [
    'never refreshes by time with interval 0',
    { nowMs: start + 9 * hour, policy: { ...policy, intervalMs: 0 } },
    undefined,
  ],
  ['makes a deleted target again', { target: undefined }, 'TargetMissing'],
  [
    'makes a deleted target again even under CreatedOnce',
    { target: undefined, policy: { ...policy, refresh: 'CreatedOnce' } },
    'TargetMissing',
  ],
  [
    'leaves a deleted Orphan for the next refresh',
    { target: undefined, policy: { ...policy, creation: 'Orphan' } },
    undefined,
  ],
  [
    'wants no target under None',
    { target: undefined, policy: { ...policy, creation: 'None' } },
    undefined,
  ],
  [
    'does not look for a target that the provider had deleted',
    { target: undefined, ready: { ...synced, reason: 'SecretDeleted' } },
    undefined,
  ],
  [
    'does not look for a target that never had values',
    {
      target: undefined,
      ready: { ...synced, message: 'secret retained due to DeletionPolicy=Retain' },
    },
    undefined,
  ],
  [
    'waits for the target under Merge',
    {
      target: undefined,
      policy: { ...policy, creation: 'Merge' },
      ready: { ...synced, reason: 'SecretMissing' },
    },
    undefined,
  ],
  [
    'merges into a target as soon as it appears',
    { policy: { ...policy, creation: 'Merge' }, ready: { ...synced, reason: 'SecretMissing' } },
    'TargetAppeared',
  ],
  ['puts the managed label back', { target: unlabelled }, 'TargetUnlabelled'],
  [
    'leaves an unlabelled Orphan for the next refresh',
    { target: unlabelled, policy: { ...policy, creation: 'Orphan' } },
    undefined,
  ],
]

describe('whyRefresh', () => {
  it.each(table)('%s', (_name, change, due) => {
    expect(whyRefresh({ ...content, ...change })).toBe(due)
  })
})

const foreign = { ...target, hasForeignData: true }
const newer = { ...target, metadata: { ...target.metadata, resourceVersion: '11' } }
const unowned = { ...target, metadata: { ...target.metadata, ownerReferences: [] } }
const unhashed = { ...target, metadata: { ...target.metadata, annotations: {} } }

describe('needsCheck', () => {
  it.each([
    ['trusts a version it wrote', {}, false],
    ['trusts metadata alone at the first look after a start', { proven: undefined }, false],
    ['reads a target that somebody put data into', { proven: undefined, target: foreign }, true],
    ['reads a target that is not owned', { proven: undefined, target: unowned }, true],
    ['reads a target without a hash', { proven: undefined, target: unhashed }, true],
    ['reads every later version that is not its own', { target: newer }, true],
    [
      'trusts the version that its own write replaced',
      { proven: { uid: 'secret-1', resourceVersion: '12', replaced: '10' } },
      false,
    ],
    ['reads a target of another uid', { proven: { uid: 'other', resourceVersion: '10' } }, true],
    [
      'reads no Orphan',
      { target: newer, policy: { ...policy, creation: 'Orphan' as const } },
      false,
    ],
    ['reads nothing where there is nothing', { target: undefined }, false],
  ])('%s', (_name, change, needs) => {
    expect(needsCheck({ ...content, ...change })).toBe(needs)
  })
})

describe('dueAt', () => {
  it('is never later than the interval, and earlier by less than a tenth of it', () => {
    for (let i = 0; i < 200; i++) {
      const due = dueAt({ uid: `uid-${i}`, policy, lastRefreshMs: start }) ?? Number.NaN
      expect(due).toBeLessThanOrEqual(start + hour)
      expect(due).toBeGreaterThan(start + 0.9 * hour)
    }
  })
})

describe('isLeftOver', () => {
  const owner = { uid: 'es-1', label: 'hash', targetName: 'new' }
  const labelled = { ...target.metadata, labels: { [createdByLabel]: 'hash' } }

  it('is a Secret of ours under another name', () => {
    expect(isLeftOver(labelled, owner)).toBe(true)
  })
  it('is not the target itself', () => {
    expect(isLeftOver(labelled, { ...owner, targetName: 'app' })).toBe(false)
  })
  it('is not a Secret that only carries a copied label', () => {
    expect(isLeftOver({ ...labelled, ownerReferences: [] }, owner)).toBe(false)
  })
})

describe('repairPauseMs', () => {
  it('puts back at once, five times in ten minutes, then once a minute', () => {
    const repairs = [0, 1_000, 2_000, 3_000, 4_000]
    expect(repairPauseMs(repairs.slice(0, 4), 5_000)).toBe(0)
    expect(repairPauseMs(repairs, 5_000)).toBe(59_000)
    expect(repairPauseMs(repairs, 64_000)).toBe(0)
    expect(repairPauseMs(repairs, 700_000)).toBe(0)
  })
})
