import { badRequest, field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { drop, get, isFielded, textAt, type Obj } from '../object.ts'

const layout = '2006-01-02T15:04:05.000000Z07:00'

// Times of leases have six digits behind the second, no more and no fewer.
function checkTime(text: string): void {
  if (text === '') return
  const seconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(text)?.[0]
  if (seconds !== undefined && /^\.\d{6}(?:Z|[-+]\d\d:\d\d)$/.test(text.slice(seconds.length))) {
    return
  }
  const [rest, wanted] =
    seconds === undefined ? [text, '2006'] : [text.slice(seconds.length), '.000000']
  const why = `cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(wanted)}`
  throw badRequest(
    `Lease in version "v1" cannot be handled as a Lease: parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: ${why}`,
  )
}

function validate(lease: Obj): FieldError[] {
  const errors: FieldError[] = []
  const spec = lease['spec']
  const seconds = get(spec, 'leaseDurationSeconds')
  if (typeof seconds === 'number' && seconds <= 0) {
    errors.push(field.invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'))
  }
  const transitions = get(spec, 'leaseTransitions')
  if (typeof transitions === 'number' && transitions < 0) {
    const why = 'must be greater than or equal to 0'
    errors.push(field.invalid('spec.leaseTransitions', transitions, why))
  }
  return errors
}

/** Leases: a PUT makes one, and replaces only the version that it names. */
export const leaseRules: Rules = {
  complete: (lease) => {
    checkTime(textAt(lease, 'spec', 'acquireTime'))
    checkTime(textAt(lease, 'spec', 'renewTime'))
    // Elections that the server leads are switched off.
    const spec = lease['spec']
    if (!isFielded(spec)) return
    for (const name of ['strategy', 'preferredHolder']) drop(spec, name)
  },
  validate,
  needsVersion: true,
  createOnUpdate: true,
}
