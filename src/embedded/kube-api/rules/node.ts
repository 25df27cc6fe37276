/** Nodes, and the volumes of a cluster. */
import { timeText } from '#base'
import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { get, isFielded, listAt, scalarText, textAt, type Obj } from '../object.ts'
import { oneOf } from './container.ts'

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

// Nothing is to run on a new node before it is seen to be ready.
function admitNode(node: Obj): void {
  const spec = node['spec']
  if (!isFielded(spec)) return
  const taints = listAt(spec, 'taints')
  if (taints.some((one) => textAt(one, 'key') === notReady.key)) return
  spec['taints'] = [...taints, notReady]
}

function completeNode(node: Obj): void {
  const spec = node['spec']
  if (!isFielded(spec)) return
  const range = textAt(spec, 'podCIDR')
  if (range !== '' && listAt(spec, 'podCIDRs').length === 0) spec['podCIDRs'] = [range]
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function taintFaults(node: Obj): FieldError[] {
  const seen = new Set<string>()
  return listAt(node, 'spec', 'taints').flatMap((taint, i) => {
    const at = `metadata.taints[${i}]`
    const [key, effect] = [textAt(taint, 'key'), textAt(taint, 'effect')]
    const errors: FieldError[] = []
    if (effect === '') errors.push(field.required(`${at}.effect`))
    errors.push(...oneOf(effect, `${at}.effect`, effects))
    if (seen.has(`${effect}/${key}`)) {
      const shown = {
        Key: key,
        Value: textAt(taint, 'value'),
        Effect: effect,
        TimeAdded: get(taint, 'timeAdded') ?? null,
      }
      const { type, message } = field.duplicate(at, shown)
      const why = 'taints must be unique by key and effect pair'
      errors.push({ type, field: at, message: `${message}: ${why}` })
    }
    seen.add(`${effect}/${key}`)
    return errors
  })
}

// Given once, these stay.
function onceFaults(next: Obj, before: Obj): FieldError[] {
  const once = { podCIDRs: 'podCIDR', providerID: 'providerID' } as const
  return Object.entries(once).flatMap(([name, word]) => {
    const [a, b] = [next, before].map((one) => JSON.stringify(get(one, 'spec', name) ?? null))
    if (a === b || b === 'null') return []
    const why = `node updates may not change ${word} except from "" to valid`
    return [field.forbidden(`spec.${name}`, why)]
  })
}

export const nodeRules: Rules = {
  complete: completeNode,
  prepareCreate: admitNode,
  validate: taintFaults,
  validateUpdate: onceFaults,
  selectable: ['spec.unschedulable'],
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const plainFields = [
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
]

function volumeFaults(volume: Obj): FieldError[] {
  const spec = volume['spec']
  const modes = listAt(spec, 'accessModes')
  const capacity = get(spec, 'capacity')
  const errors: FieldError[] = []
  if (modes.length === 0) errors.push(field.required('spec.accessModes'))
  for (const mode of modes) errors.push(...oneOf(scalarText(mode), 'spec.accessModes', accessModes))
  const names = isFielded(capacity) ? Object.keys(capacity) : []
  if (names.length === 0) errors.push(field.required('spec.capacity'))
  if (names.length !== 1 || names[0] !== 'storage') {
    errors.push(field.notSupported('spec.capacity', capacity ?? null, ['storage']))
  }
  const sources = sourcesOf(volume)
  if (sources.length === 0) errors.push(field.required('spec', 'must specify a volume type'))
  for (const name of sources.slice(1)) {
    errors.push(field.forbidden(`spec.${name}`, 'may not specify more than 1 volume type'))
  }
  return errors
}

function sourcesOf(volume: Obj): string[] {
  const { spec } = volume
  return Object.keys(isFielded(spec) ? spec : {}).filter((name) => !plainFields.includes(name))
}

const recycled =
  'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.'

/** Volumes: kept while a claim uses them. */
export const volumeRules: Rules = {
  prepareCreate: (volume, core) => {
    const now = timeText(core.env.clock.now())
    volume['status'] = { phase: 'Pending', lastPhaseTransitionTime: now }
    const held = volume.metadata.finalizers ?? []
    const own = 'kubernetes.io/pv-protection'
    if (!held.includes(own)) volume.metadata.finalizers = [...held, own]
  },
  validate: volumeFaults,
  warnings: (volume) =>
    textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') === 'Recycle' ? [recycled] : [],
}
