/** What may change in a Pod that is there: little of what it was asked to be. */
import { equalJson } from '#base'
import { field, type FieldError } from '../errors.ts'
import { copy, drop, get, isFielded, listAt, textAt, type Fielded, type Obj } from '../object.ts'

const help =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** Faults of a change of a Pod's spec. */
export function podUpdateFaults(next: Obj, before: Obj): FieldError[] {
  const [a, b] = [next['spec'], before['spec']]
  if (!isFielded(a) || !isFielded(b) || equalJson(a, b)) return []
  for (const name of ['containers', 'initContainers']) {
    if (listAt(a, name).length !== listAt(b, name).length) {
      return [field.forbidden(`spec.${name}`, 'pod updates may not add or remove containers')]
    }
  }
  const errors = [...deadlineFaults(a, b), ...tolerationFaults(a, b)]
  return equalJson(core(a, b), core(b, b)) ? errors : [...errors, field.forbidden('spec', help)]
}

// All of a Pod that may not change.
function core(spec: Fielded, before: Fielded): Fielded {
  const bare = copy(spec)
  for (const name of ['containers', 'initContainers']) {
    for (const one of listAt(bare, name)) if (isFielded(one)) drop(one, 'image')
  }
  for (const name of ['activeDeadlineSeconds', 'tolerations', 'ephemeralContainers']) {
    drop(bare, name)
  }
  const grace = get(before, 'terminationGracePeriodSeconds')
  if (typeof grace === 'number' && grace < 0 && bare['terminationGracePeriodSeconds'] === 1) {
    bare['terminationGracePeriodSeconds'] = grace
  }
  // Gates may be taken away, and where a Pod that waits behind one may run is told more exactly.
  const gates = listAt(before, 'schedulingGates')
  const left = listAt(spec, 'schedulingGates')
  const isFewer = left.every((one) =>
    gates.some((gate) => textAt(gate, 'name') === textAt(one, 'name')),
  )
  if (gates.length > 0 && isFewer) {
    for (const name of ['schedulingGates', 'nodeSelector', 'affinity']) drop(bare, name)
  }
  return bare
}

function deadlineFaults(next: Fielded, before: Fielded): FieldError[] {
  const at = 'spec.activeDeadlineSeconds'
  const [value, held] = [next['activeDeadlineSeconds'], before['activeDeadlineSeconds']]
  if (typeof held !== 'number' || value === held) return []
  if (typeof value !== 'number') {
    const why = 'must not update from a positive integer to nil value'
    return [field.invalid(at, value ?? null, why)]
  }
  const why = 'must be less than or equal to previous value'
  return value > held ? [field.invalid(at, value, why)] : []
}

// What is tolerated may become more; how long it is may change.
function tolerationFaults(next: Fielded, before: Fielded): FieldError[] {
  const bare = (one: unknown): Fielded => {
    const own = copy(isFielded(one) ? one : {})
    drop(own, 'tolerationSeconds')
    return own
  }
  const kept = listAt(next, 'tolerations').map(bare)
  const isAll = listAt(before, 'tolerations').every((one) =>
    kept.some((other) => equalJson(other, bare(one))),
  )
  const why = 'existing toleration can not be modified except its tolerationSeconds'
  return isAll ? [] : [field.forbidden('spec.tolerations', why)]
}
